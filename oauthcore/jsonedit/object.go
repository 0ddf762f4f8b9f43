package jsonedit

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// object is an object and where its members stand in the document.
type object struct {
	brace int // where it opens
	spans []span
}

// open validates a document and lists the members of its top-level object.
func (s *scanner) open() (object, error) {
	if c, ok := s.blanks(); !ok || c != '{' {
		if s.value(0) == nil && s.ended() {
			return object{}, ErrShape
		}
		return object{}, ErrSyntax
	}
	o, err := s.members()
	if err != nil || !s.ended() {
		return object{}, ErrSyntax
	}
	return o, o.unique()
}

// openLenient is open for documents in which members may be named twice.
func (s *scanner) openLenient() (object, error) {
	o, err := s.open()
	if errors.Is(err, ErrDuplicate) {
		err = nil
	}
	return o, err
}

// open validates the document and lists the members of its top-level object.
func open(doc []byte) (object, error) { return scanBytes(doc).open() }

// child lists the members of an object inside a document that was validated.
func child(doc []byte, in span) (object, error) {
	if doc[in.valueStart] != '{' {
		return object{}, ErrShape
	}
	s := scanBytes(doc)
	s.i = in.valueStart
	o, err := s.members()
	if err != nil {
		return object{}, ErrSyntax
	}
	return o, o.unique()
}

// members reads the object that opens here.
func (s *scanner) members() (o object, err error) {
	o.brace = s.at()
	s.i++
	if c, ok := s.blanks(); ok && c == '}' {
		s.i++
		return o, nil
	}
	for {
		m := span{keyStart: s.at()}
		if m.key, err = s.name(); err != nil {
			return o, err
		}
		m.valueStart = s.at()
		if err = s.value(1); err != nil {
			return o, err
		}
		m.valueEnd = s.at()
		o.spans = append(o.spans, m)
		c, ok := s.blanks()
		switch {
		case ok && c == '}':
			s.i++
			return o, nil
		case ok && c == ',':
			s.i++
			s.blanks()
		default:
			return o, errOff
		}
	}
}

// name reads a member's name and its colon, up to the value.
func (s *scanner) name() (string, error) {
	from := s.i
	if err := s.text(); err != nil {
		return "", err
	}
	name, err := unquote(s.buf[from:s.i])
	if err != nil {
		return "", err
	}
	return name, s.colon()
}

func (s *scanner) colon() error {
	if c, ok := s.blanks(); !ok || c != ':' {
		return errOff
	}
	s.i++
	s.blanks()
	return nil
}

// unquote gives the name a validated string spells.
func unquote(quoted []byte) (string, error) {
	inside := quoted[1 : len(quoted)-1]
	if plain(inside, 0) == len(inside) && utf8.Valid(inside) {
		return string(inside), nil
	}
	var s string
	err := json.Unmarshal(quoted, &s)
	return s, err
}
