package jsonedit

import "errors"

// errOff says that a place in the text does not follow the grammar. Callers
// see ErrSyntax.
var errOff = errors.New("off the grammar")

// maxDepth is the nesting encoding/json accepts too.
const maxDepth = 10000

// scanner checks a whole document by the grammar of RFC 8259 and notes where
// the members of one object stand, in one pass: Claude Code's configuration is
// megabytes, and is parsed while a lock is held. It accepts exactly what
// encoding/json.Valid does (fuzzed against it) at several times the speed,
// mostly by taking the insides of strings eight bytes at a time.
type scanner struct {
	buf []byte
	i   int // the next byte's place in buf
}

func scanBytes(doc []byte) *scanner { return &scanner{buf: doc} }

// at is the place in the document.
func (s *scanner) at() int { return s.i }

// peek gives the next byte; ok is false at the end.
func (s *scanner) peek() (c byte, ok bool) {
	if s.i < len(s.buf) {
		return s.buf[s.i], true
	}
	return 0, false
}

// blanks skips white space and gives the byte after it.
func (s *scanner) blanks() (c byte, ok bool) {
	for i, c := range s.buf[s.i:] {
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.i += i
			return c, true
		}
	}
	s.i = len(s.buf)
	return 0, false
}

// ended skips white space and says that nothing follows it.
func (s *scanner) ended() bool {
	_, more := s.blanks()
	return !more
}
