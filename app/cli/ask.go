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

// readLines reads standard input line by line in the background until ctx ends.
// Lines come as they are, without their line break; the last answer has the
// error that ended the reading, errNoAnswer at the end of the input.
func (r *runner) readLines(ctx context.Context) <-chan answer {
	ch := make(chan answer)
	in := bufio.NewReader(io.LimitReader(r.Stdin, maxAnswer))
	send := func(a answer) bool {
		select {
		case ch <- a:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		for {
			line, err := in.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); line != "" && !send(answer{line: line}) {
				return
			}
			switch {
			case err == nil:
				continue
			case errors.Is(err, io.EOF):
				err = errNoAnswer
			}
			send(answer{err: err})
			return
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
