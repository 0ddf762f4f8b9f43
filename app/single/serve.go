//go:build !js

package single

import (
	"errors"
	"io"
	"net"
	"time"
)

// Raise gives something each time the window is to come to the front. Several
// times before anybody looks are one.
func (i *Instance) Raise() <-chan struct{} { return i.raise }

// Close lets another instance be the one. Calling it again is fine.
func (i *Instance) Close() error {
	var err error
	i.once.Do(func() {
		err = i.listener.Close() // removes the socket
		i.serving.Wait()
		i.release()
	})
	return err
}

func (i *Instance) serve() {
	for {
		c, err := i.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			i.log.Warn("cannot hear whether Baton is started again", "error", err)
			return
		}
		go i.answer(c) // it ends by its deadline
	}
}

// answer hears one question out.
func (i *Instance) answer(c net.Conn) {
	defer func() { _ = c.Close() }() // what was to be said was said
	if err := c.SetDeadline(time.Now().Add(answerWait)); err != nil {
		return
	}
	asked := make([]byte, len(askShow))
	if _, err := io.ReadFull(c, asked); err != nil || string(asked) != askShow {
		return
	}
	select {
	case i.raise <- struct{}{}:
	default: // somebody asked already
	}
	_, _ = io.WriteString(c, shown) // whoever asked may have gone
}
