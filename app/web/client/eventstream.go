package client

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// maxLine bounds a line of the stream, in bytes.
const maxLine = 64 << 10

var (
	// errCrowded: the server asks to come back later.
	errCrowded = errors.New("too many pages follow")
	// errSilent: the stream says nothing any more.
	errSilent = errors.New("nothing was heard for too long")
)

// event is one message of an event stream (HTML standard, §9.2).
type event struct{ id, name, data string }

// eventReader reads a stream's messages. A message without data counts too,
// unlike in a browser's own reader: what matters here is its name.
type eventReader struct {
	lines *bufio.Scanner
	heard func()
}

// newEventReader reads from r; heard is called for each line, empty ones and
// comments as well.
func newEventReader(r io.Reader, heard func()) *eventReader {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	return &eventReader{lines: lines, heard: heard}
}

// next gives the next message that has a name, or the reason there is none:
// io.EOF at the stream's end, bufio.ErrTooLong for a line beyond maxLine.
func (r *eventReader) next() (event, error) {
	var e event
	for r.lines.Scan() {
		r.heard()
		line := strings.TrimSuffix(r.lines.Text(), "\r")
		if line == "" {
			if e.name != "" {
				return e, nil
			}
			e = event{}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			if e.data != "" {
				e.data += "\n"
			}
			e.data = clip(e.data + value)
		}
	}
	if err := r.lines.Err(); err != nil {
		return event{}, err
	}
	return event{}, io.EOF
}

// clip keeps a message that never ends from filling the memory.
func clip(s string) string { return s[:min(len(s), maxLine)] }
