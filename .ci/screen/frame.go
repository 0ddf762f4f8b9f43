package screen

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// frameEvery is how often the screen is looked at for a first frame.
const frameEvery = time.Millisecond

// Watcher looks at the middle of a screen for the moment a window draws there.
type Watcher struct {
	conn   *xgb.Conn
	root   xproto.Window
	x, y   int16
	before []byte
}

// patch is the side of the square looked at, in pixels.
const patch = 32

// Watch begins with what is there now. Close ends it.
func (s *Screen) Watch() (*Watcher, error) {
	conn, err := s.look()
	if err != nil {
		return nil, err
	}
	setup := xproto.Setup(conn).DefaultScreen(conn)
	w := &Watcher{conn: conn, root: setup.Root, x: int16(setup.WidthInPixels/2) - patch/2, y: int16(setup.HeightInPixels/2) - patch/2}
	if w.before, err = w.look(); err != nil {
		conn.Close()
		return nil, err
	}
	return w, nil
}

// Close ends the looking.
func (w *Watcher) Close() { w.conn.Close() }

// Drawn waits until something else than at first is to be seen.
func (w *Watcher) Drawn(ctx context.Context) error {
	tick := time.NewTicker(frameEvery)
	defer tick.Stop()
	for {
		now, err := w.look()
		if err != nil {
			return err
		}
		if !bytes.Equal(now, w.before) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("nothing was drawn: %w", ctx.Err())
		}
	}
}

func (w *Watcher) look() ([]byte, error) {
	return imageOf(w.conn, xproto.Drawable(w.root), w.x, w.y, patch, patch)
}
