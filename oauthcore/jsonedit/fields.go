package jsonedit

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tidwall/gjson"
)

// ErrType says that a member has a type it cannot have.
var ErrType = errors.New("unexpected type")

// Field ties one member of a JSON object to a variable.
type Field struct {
	name string
	v    Variable
	zero []byte // how a zero value is written, nil to leave the member out
}

// Variable is what a member is read into and written from. Methods get members
// as they stand; absent and null ones come as null.
type Variable interface {
	// Read takes the member's value over; null gives the zero value. The error
	// wraps ErrType.
	Read(v gjson.Result) error
	// Same says that the member has the variable's value already.
	Same(v gjson.Result) bool
	// Encode gives the member's bytes, nil to leave it out.
	Encode() []byte
}

// Keeper is a Variable that keeps its member's own bytes. Where the member is
// not null, Keep is called in place of Variable.Read, with a part of the
// document, which must not be changed.
type Keeper interface {
	Keep(raw []byte) error
}

// Of makes a field of any variable.
func Of(name string, v Variable) Field { return Field{name: name, v: v} }

// Always has a field written also where its value is zero, then as this JSON.
func (f Field) Always(zero string) Field {
	f.zero = []byte(zero)
	return f
}

func (f *Field) encode() []byte {
	if raw := f.v.Encode(); raw != nil {
		return raw
	}
	return f.zero
}

// Read fills the fields from an object. Of a member named twice the last one
// counts. Absent and null members give the zero value. The error wraps
// ErrSyntax, ErrShape, or ErrType with the member's name.
func Read(raw []byte, fields []Field) error {
	var room few
	o, err := scanBytes(raw).openLenient(room[:0])
	if err != nil {
		return err
	}
	text := string(raw) // the strings that are read are parts of it
	for i := range fields {
		f := &fields[i]
		s, ok := o.last(f.name)
		if !ok {
			continue
		}
		if k, ok := f.v.(Keeper); ok && text[s.valueStart] != 'n' { // null
			err = k.Keep(raw[s.valueStart:s.valueEnd:s.valueEnd])
		} else {
			err = f.v.Read(gjson.Parse(text[s.valueStart:s.valueEnd]))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// Write puts the fields' values into an object: members that have them
// already keep their spelling, unknown members stay. nil stands for an empty
// object. The error wraps ErrSyntax or ErrShape.
func Write(raw []byte, fields []Field) ([]byte, error) {
	if raw == nil {
		raw = []byte("{}")
	}
	o, err := scanBytes(raw).openLenient(nil)
	if err != nil {
		return nil, err
	}
	var edits []Edit
	for i := range fields {
		f := &fields[i]
		var now gjson.Result
		s, there := o.last(f.name)
		if there {
			now = gjson.ParseBytes(raw[s.valueStart:s.valueEnd])
		}
		if f.v.Same(now) && (there || f.encode() == nil) {
			continue
		}
		edits = append(edits, Edit{f.name, f.encode()})
	}
	if len(edits) == 0 {
		return raw, nil
	}
	return Apply(raw, edits)
}

// last is the member of a name that counts.
func (o object) last(name string) (span, bool) {
	for i := len(o.spans) - 1; i >= 0; i-- {
		if string(o.spans[i].key) == name {
			return o.spans[i], true
		}
	}
	return span{}, false
}

// Equal2 says that both are absent, or the same but for white space.
func Equal2(a, b []byte) bool {
	return (a == nil) == (b == nil) && (bytes.Equal(a, b) || Equal(a, b))
}
