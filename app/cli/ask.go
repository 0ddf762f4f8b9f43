//go:build !js

package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// asks says whether a question can be put and answered.
func (r *runner) asks() bool { return r.StdinTTY && r.StderrTTY }

// maxAnswer bounds a line read from standard input, in bytes.
const maxAnswer = 64 << 10

// errNoAnswer means that standard input ended before a line was read.
var errNoAnswer = errors.New("standard input holds no line")

// answer is one line of standard input, or why there is none.
type answer struct {
	line string
	err  error
}

// readLine reads one line in the background, because a read of a terminal
// can't be interrupted. A line that comes after nobody waits is dropped.
func (r *runner) readLine() <-chan answer {
	ch := make(chan answer, 1)
	in := r.Stdin
	go func() {
		line, err := bufio.NewReader(io.LimitReader(in, maxAnswer)).ReadString('\n')
		line = strings.TrimSpace(line)
		switch {
		case line != "":
			ch <- answer{line: line}
		case err == nil || errors.Is(err, io.EOF):
			ch <- answer{err: errNoAnswer}
		default:
			ch <- answer{err: err}
		}
	}()
	return ch
}

// confirm puts a yes-or-no question; only yes is yes.
func (r *runner) confirm(ctx context.Context, question string) (bool, error) {
	_, _ = fmt.Fprintf(r.Stderr, "%s [y/N] ", plain(question))
	select {
	case <-ctx.Done():
		_, _ = fmt.Fprintln(r.Stderr)
		return false, ctx.Err()
	case a := <-r.readLine():
		if a.err != nil && !errors.Is(a.err, errNoAnswer) {
			return false, a.err
		}
		switch strings.ToLower(a.line) {
		case "y", "yes":
			return true, nil
		}
		return false, nil
	}
}
