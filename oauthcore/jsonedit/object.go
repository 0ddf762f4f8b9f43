package jsonedit

import (
	"encoding/json"
	"unicode/utf8"
)

// object is an object and where its members stand in the document.
type object struct {
	brace int // where it opens
	spans []span
}

// few is room for the members of a small object, which then costs no
// allocation.
type few [24]span

// openLenient validates a document, in which members may be named twice, and
// lists the members of its top-level object in room, which may be nil.
func (s *scanner) openLenient(room []span) (object, error) {
	if c, ok := s.blanks(); !ok || c != '{' {
		if s.value(0) == nil && s.ended() {
			return object{}, ErrShape
		}
		return object{}, ErrSyntax
	}
	o, err := s.members(room)
	if err != nil || !s.ended() {
		return object{}, ErrSyntax
	}
	return o, nil
}

// open validates the document and lists the members of its top-level object.
func open(doc []byte) (object, error) {
	o, err := scanBytes(doc).openLenient(nil)
	if err == nil {
		err = o.unique()
	}
	return o, err
}

// child lists the members of an object inside a document that was validated.
func child(doc []byte, in span) (object, error) {
	if doc[in.valueStart] != '{' {
		return object{}, ErrShape
	}
	s := scanBytes(doc)
	s.i = in.valueStart
	o, err := s.members(nil)
	if err != nil {
		return object{}, ErrSyntax
	}
	return o, o.unique()
}

// members reads the object that opens here; room is where its members are
// listed.
func (s *scanner) members(room []span) (o object, err error) {
	o.brace, o.spans = s.at(), room
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
func (s *scanner) name() ([]byte, error) {
	from := s.i
	if err := s.text(); err != nil {
		return nil, err
	}
	name, err := unquote(s.buf[from:s.i])
	if err != nil {
		return nil, err
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

// unquote gives the name a validated string spells, where it can as a part of
// the document.
func unquote(quoted []byte) ([]byte, error) {
	inside := quoted[1 : len(quoted)-1]
	if plain(inside, 0) == len(inside) && utf8.Valid(inside) {
		return inside, nil
	}
	var s string
	err := json.Unmarshal(quoted, &s)
	return []byte(s), err
}
