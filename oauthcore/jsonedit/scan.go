package jsonedit

import (
	"errors"
	"io"
)

// errOff says that a place in the text does not follow the grammar. Callers
// see ErrSyntax.
var errOff = errors.New("off the grammar")

const (
	// maxDepth is the nesting encoding/json accepts too.
	maxDepth = 10000
	// window is how much of a document from a reader is looked at at a time: it
	// stays in a processor's own memory.
	window = 64 << 10
)

// scanner checks a whole document by the grammar of RFC 8259 and notes where
// the members of one object stand, in one pass: Claude Code's configuration is
// megabytes, and is looked through while a lock is held. It accepts exactly
// what encoding/json.Valid does (fuzzed against it) at several times the speed,
// mostly by taking the insides of strings eight bytes at a time, and it never
// needs the whole of a document that comes from a reader.
type scanner struct {
	src io.Reader // nil: buf is the whole document
	err error     // of src, but for its end
	buf []byte
	i   int // the next byte's place in buf
	// base is the place of buf[0] in the document, keep the place in buf from
	// which on bytes are still needed, -1 for none.
	base, keep int
}

func scanBytes(doc []byte) *scanner { return &scanner{buf: doc, keep: -1} }

func scanReader(r io.Reader) *scanner {
	return &scanner{src: r, buf: make([]byte, 0, window), keep: -1}
}

// at is the place in the document.
func (s *scanner) at() int { return s.base + s.i }

// peek gives the next byte; ok is false at the end.
func (s *scanner) peek() (c byte, ok bool) {
	if s.i < len(s.buf) {
		return s.buf[s.i], true
	}
	return s.fetch()
}

// fetch is peek where the bytes at hand are used up.
func (s *scanner) fetch() (c byte, ok bool) {
	if s.src == nil {
		return 0, false
	}
	from := s.i
	if s.keep >= 0 {
		from, s.keep = s.keep, 0
	}
	n := copy(s.buf, s.buf[from:])
	s.buf, s.base, s.i = s.buf[:n], s.base+from, s.i-from
	if n == cap(s.buf) {
		s.buf = append(make([]byte, 0, 2*n), s.buf...)
	}
	for {
		k, err := s.src.Read(s.buf[n:cap(s.buf)])
		if s.buf = s.buf[:n+k]; k > 0 {
			return s.buf[s.i], true
		}
		if err != nil {
			s.src = nil
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			return 0, false
		}
	}
}

// failed is what a scan that ended with err tells its caller.
func (s *scanner) failed() error {
	if s.err != nil {
		return s.err
	}
	return ErrSyntax
}

// blanks skips white space and gives the byte after it.
func (s *scanner) blanks() (c byte, ok bool) {
	for {
		for i, c := range s.buf[s.i:] {
			if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				s.i += i
				return c, true
			}
		}
		s.i = len(s.buf)
		if _, ok = s.fetch(); !ok {
			return 0, false
		}
	}
}

// ended skips white space and says that nothing follows it.
func (s *scanner) ended() bool {
	_, more := s.blanks()
	return !more && s.err == nil
}
