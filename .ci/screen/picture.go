package screen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log"
	"strconv"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

var (
	errNoImage = errors.New("the screen gave no image")
	errDepth   = errors.New("the screen has no 24 bits to a pixel")
)

// look connects to the screen, to see what is on it.
func (s *Screen) look() (*xgb.Conn, error) {
	xgb.Logger = log.New(io.Discard, "", 0)
	conn, err := xgb.NewConnDisplay(s.Name)
	if err != nil {
		return nil, fmt.Errorf("look at the screen: %w", err)
	}
	return conn, nil
}

// Picture is what the window looks like now.
func (w Window) Picture(_ context.Context) (*image.RGBA, error) {
	id, err := strconv.ParseUint(w.ID, 10, 32)
	if err != nil {
		return nil, err
	}
	conn, err := w.look()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	size, err := xproto.GetGeometry(conn, xproto.Drawable(id)).Reply()
	if err != nil {
		return nil, fmt.Errorf("the window's size: %w", err)
	}
	data, err := imageOf(conn, xproto.Drawable(id), 0, 0, size.Width, size.Height)
	if err != nil {
		return nil, err
	}
	if size.Depth != 24 {
		return nil, errDepth
	}
	out := image.NewRGBA(image.Rect(0, 0, int(size.Width), int(size.Height)))
	if len(data) != len(out.Pix) {
		return nil, errNoImage
	}
	for i := 0; i < len(data); i += 4 { // blue, green, red and a byte of nothing
		out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = data[i+2], data[i+1], data[i], 255
	}
	return out, nil
}

// imageOf reads pixels as the server has them.
func imageOf(conn *xgb.Conn, of xproto.Drawable, x, y int16, width, height uint16) ([]byte, error) {
	got, err := xproto.GetImage(conn, xproto.ImageFormatZPixmap, of, x, y, width, height, ^uint32(0)).Reply()
	switch {
	case err != nil:
		return nil, fmt.Errorf("an image of the screen: %w", err)
	case got == nil:
		return nil, errNoImage
	}
	return got.Data, nil
}

// Still is a picture of the window once it is drawn: when three in a row are the
// same, or after atMost whatever there is, as where a caret blinks.
func (w Window) Still(ctx context.Context, atMost time.Duration) (*image.RGBA, error) {
	short, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	var last []byte
	same := 0
	_ = Until(short, func() bool { // in vain: the next one has to do
		now, err := w.Picture(short)
		if err != nil {
			return false
		}
		if same++; !bytes.Equal(now.Pix, last) {
			last, same = now.Pix, 1
		}
		return same == 3
	})
	return w.Picture(ctx)
}
