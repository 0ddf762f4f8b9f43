package jsonedit

import (
	"encoding/binary"
	"math/bits"
)

// Valid says whether the document is one well-formed JSON value.
func Valid(doc []byte) bool {
	s := scanBytes(doc)
	return s.value(0) == nil && s.ended()
}

// value reads one value, nested depth deep. It keeps a stack of its own, so
// that a hostile text cannot end ours.
func (s *scanner) value(depth int) error {
	var few [64]byte
	stack := few[:0]
	for {
		c, ok := s.blanks()
		if !ok {
			return errOff
		}
		switch c {
		case '{', '[':
			if stack = append(stack, c); len(stack)+depth > maxDepth {
				return errOff
			}
			s.i++
			if next, ok := s.blanks(); ok && next == c+2 { // '}' and ']' stand two after their opening
				break // closed by the loop below
			}
			if c == '{' {
				if err := s.label(); err != nil {
					return err
				}
			}
			continue
		case '"':
			if err := s.text(); err != nil {
				return err
			}
		default:
			if err := s.literal(c); err != nil {
				return err
			}
		}
		// A value is over, or its container empty: close what closes here.
		for {
			if len(stack) == 0 {
				return nil
			}
			if c, ok = s.blanks(); !ok {
				return errOff
			}
			if c != stack[len(stack)-1]+2 {
				break
			}
			stack = stack[:len(stack)-1]
			s.i++
		}
		if c != ',' {
			return errOff
		}
		s.i++
		if stack[len(stack)-1] == '{' {
			s.blanks()
			if err := s.label(); err != nil {
				return err
			}
		}
	}
}

// label is name where nobody wants to know it.
func (s *scanner) label() error {
	if err := s.text(); err != nil {
		return err
	}
	return s.colon()
}

// text reads the string whose quote stands here.
func (s *scanner) text() error {
	if c, ok := s.peek(); !ok || c != '"' {
		return errOff
	}
	s.i++
	for {
		s.i = plain(s.buf, s.i)
		c, ok := s.peek()
		switch {
		case !ok:
			return errOff
		case c == '"':
			s.i++
			return nil
		case c == '\\':
			if !s.escape() {
				return errOff
			}
		default: // a control character
			return errOff
		}
	}
}

// plain gives the place of the next byte that is a quote, a backslash or a
// control character. Of the flags a word gives, the lowest one is always true;
// those above it may come from its borrow (Hacker's Delight, 6-1).
func plain(doc []byte, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	for ; i+8 <= len(doc); i += 8 {
		w := binary.LittleEndian.Uint64(doc[i:])
		quote, slash := w^'"'*ones, w^'\\'*ones
		found := (w-0x20*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash
		if found &= highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(doc) && doc[i] != '"' && doc[i] != '\\' && doc[i] >= 0x20 {
		i++
	}
	return i
}

// escape reads the escape that begins here.
func (s *scanner) escape() bool {
	s.i++
	c, ok := s.peek()
	if !ok {
		return false
	}
	s.i++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			c, ok := s.peek()
			if !ok || !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return false
			}
			s.i++
		}
		return true
	}
	return false
}

// literal reads true, false, null or a number, which begins with c.
func (s *scanner) literal(c byte) error {
	for _, word := range [...]string{"true", "false", "null"} {
		if c != word[0] {
			continue
		}
		for i := range len(word) {
			if c, ok := s.peek(); !ok || c != word[i] {
				return errOff
			}
			s.i++
		}
		return nil
	}
	return s.number()
}

func (s *scanner) number() error {
	if c, _ := s.peek(); c == '-' {
		s.i++
	}
	if c, ok := s.peek(); ok && c == '0' {
		s.i++ // and no digit may follow: whatever comes next does not fit one
	} else if !s.digits() {
		return errOff
	}
	if c, ok := s.peek(); ok && c == '.' {
		s.i++
		if !s.digits() {
			return errOff
		}
	}
	if c, ok := s.peek(); ok && (c == 'e' || c == 'E') {
		s.i++
		if c, ok := s.peek(); ok && (c == '+' || c == '-') {
			s.i++
		}
		if !s.digits() {
			return errOff
		}
	}
	return nil
}

// digits reads digits and says whether there was one.
func (s *scanner) digits() (any bool) {
	for {
		if c, ok := s.peek(); !ok || c < '0' || c > '9' {
			return any
		}
		s.i++
		any = true
	}
}
