// Package jsonedit changes single members of a JSON document and leaves every
// other byte as it was read: unknown members, their order and the spelling of
// numbers survive. It knows nothing of files or accounts.
//
// JSON is RFC 8259. Documents in which an object that is looked into names a
// member twice are refused: readers disagree on which one counts.
package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

var (
	// ErrSyntax says that the document is not JSON.
	ErrSyntax = errors.New("not valid JSON")
	// ErrShape says that a value on the path is not an object.
	ErrShape = errors.New("not a JSON object")
	// ErrDuplicate says that an object names the same member twice.
	ErrDuplicate = errors.New("a member stands twice")
)

// Member is one member of an object as it stands in the document.
type Member struct {
	Key string
	Raw []byte // the value's own bytes
}

// span is a member's place in the document, in bytes.
type span struct {
	key                  []byte
	keyStart             int
	valueStart, valueEnd int
}

// Members lists the members of the top-level object in their order. The error
// wraps ErrSyntax, ErrShape or ErrDuplicate.
func Members(doc []byte) ([]Member, error) {
	o, err := open(doc)
	if err != nil {
		return nil, err
	}
	out := make([]Member, len(o.spans))
	for i, s := range o.spans {
		out[i] = Member{string(s.key), doc[s.valueStart:s.valueEnd]}
	}
	return out, nil
}

// Unique says whether the top-level object names no member twice. The error
// wraps ErrSyntax, ErrShape or ErrDuplicate.
func Unique(doc []byte) error {
	var room few
	o, err := scanBytes(doc).openLenient(room[:0])
	if err == nil {
		err = o.unique()
	}
	return err
}

// Get finds the value at the path of member names; ok is false where a member
// is missing. The error wraps ErrSyntax, ErrShape or ErrDuplicate.
func Get(doc []byte, path ...string) (raw []byte, ok bool, err error) {
	o, err := open(doc)
	if err != nil {
		return nil, false, err
	}
	raw = doc
	for i, name := range path {
		s, found := o.pick(name)
		if !found {
			return nil, false, nil
		}
		raw = doc[s.valueStart:s.valueEnd]
		if i == len(path)-1 {
			break
		}
		if o, err = child(doc, s); err != nil {
			return nil, false, fmt.Errorf("%q: %w", name, err)
		}
	}
	return raw, true, nil
}

// Set puts raw, itself valid JSON, at the path and returns a new document. A
// missing member is added as the last one of its object, missing objects on
// the way are made. The error wraps ErrSyntax, ErrShape or ErrDuplicate, and
// the document is then unchanged.
func Set(doc, raw []byte, path ...string) ([]byte, error) {
	if len(path) == 0 {
		return nil, errors.New("jsonedit: Set needs a path")
	}
	if !Valid(raw) {
		return nil, fmt.Errorf("the new value of %q: %w", path[len(path)-1], ErrSyntax)
	}
	o, err := open(doc)
	if err != nil {
		return nil, err
	}
	for i, name := range path {
		s, found := o.pick(name)
		if !found {
			value := raw
			for j := len(path) - 1; j > i; j-- {
				value = append(append(append([]byte{'{'}, quote(path[j])...), ':'), append(value[:len(value):len(value)], '}')...)
			}
			return insert(doc, o, name, value), nil
		}
		if i == len(path)-1 {
			return splice(doc, s.valueStart, s.valueEnd, raw), nil
		}
		if o, err = child(doc, s); err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
	}
	return doc, nil
}

// Delete takes the member at the path out, with its comma. A missing member
// is no error: the document comes back as it was.
func Delete(doc []byte, path ...string) ([]byte, error) {
	o, err := open(doc)
	if err != nil {
		return nil, err
	}
	for i, name := range path {
		s, found := o.pick(name)
		if !found {
			return doc, nil
		}
		if i == len(path)-1 {
			return cut(doc, o.spans, s), nil
		}
		if o, err = child(doc, s); err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
	}
	return doc, nil
}

// Pretty lays the document out with two spaces a level and a final newline;
// literals keep their spelling.
func Pretty(doc []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(doc), "", "  "); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// Equal says whether two documents are the same but for white space.
func Equal(a, b []byte) bool {
	var x, y bytes.Buffer
	if json.Compact(&x, a) != nil || json.Compact(&y, b) != nil {
		return false
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}

// unique refuses an object that names a member twice.
func (o object) unique() error {
	if len(o.spans) <= len(few{}) { // comparing each with each is faster than a map
		for i, s := range o.spans {
			for _, before := range o.spans[:i] {
				if bytes.Equal(s.key, before.key) {
					return fmt.Errorf("%q: %w", s.key, ErrDuplicate)
				}
			}
		}
		return nil
	}
	seen := make(map[string]bool, len(o.spans))
	for _, s := range o.spans {
		if seen[string(s.key)] {
			return fmt.Errorf("%q: %w", s.key, ErrDuplicate)
		}
		seen[string(s.key)] = true
	}
	return nil
}

func (o object) pick(name string) (span, bool) {
	for _, s := range o.spans {
		if string(s.key) == name {
			return s, true
		}
	}
	return span{}, false
}

// insert adds a member at the end of obj, spaced like the first one.
func insert(doc []byte, o object, name string, value []byte) []byte {
	member := append(quote(name), ':')
	if len(o.spans) == 0 {
		return splice(doc, o.brace+1, o.brace+1, append(member, value...))
	}
	first, last := o.spans[0], o.spans[len(o.spans)-1]
	lead := doc[o.brace+1 : first.keyStart]
	text := append([]byte{','}, lead...)
	text = append(text, member...)
	if doc[first.valueStart-1] == ' ' {
		text = append(text, ' ')
	}
	return splice(doc, last.valueEnd, last.valueEnd, append(text, value...))
}

// cut takes one member out together with the comma that parts it from its
// neighbour.
func cut(doc []byte, at []span, s span) []byte {
	for i, have := range at {
		if have.keyStart != s.keyStart {
			continue
		}
		switch {
		case i > 0:
			return splice(doc, at[i-1].valueEnd, s.valueEnd, nil)
		case len(at) > 1:
			return splice(doc, s.keyStart, at[1].keyStart, nil)
		default:
			return splice(doc, s.keyStart, s.valueEnd, nil)
		}
	}
	return doc
}

func splice(doc []byte, from, to int, text []byte) []byte {
	out := make([]byte, 0, len(doc)-(to-from)+len(text))
	out = append(out, doc[:from]...)
	out = append(out, text...)
	return append(out, doc[to:]...)
}

// quote spells a member name without escaping <, > and &, as other writers do.
func quote(name string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(name) // a string always encodes
	return bytes.TrimRight(b.Bytes(), "\n")
}
