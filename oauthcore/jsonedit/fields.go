package jsonedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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

// FieldOf makes a field from functions. parse gives the value of a member that
// is not null; encode gives the bytes, nil to leave the member out.
func FieldOf[T any](name string, to *T, parse func(gjson.Result) (T, error), equal func(a, b T) bool, encode func(T) []byte) Field {
	return Of(name, &functions[T]{to, parse, equal, encode})
}

type functions[T any] struct {
	to     *T
	parse  func(gjson.Result) (T, error)
	equal  func(a, b T) bool
	encode func(T) []byte
}

func (f *functions[T]) value(v gjson.Result) (x T, err error) {
	if v.Type != gjson.Null {
		x, err = f.parse(v)
	}
	return x, err
}

func (f *functions[T]) Read(v gjson.Result) error {
	x, err := f.value(v)
	if err == nil {
		*f.to = x
	}
	return err
}

func (f *functions[T]) Same(v gjson.Result) bool {
	x, err := f.value(v)
	return err == nil && f.equal(x, *f.to)
}

func (f *functions[T]) Encode() []byte { return f.encode(*f.to) }

// Text is a string, left out where it is empty.
func Text(name string, to *string) Field { return Of(name, (*text)(to)) }

type text string

func (t *text) Read(v gjson.Result) error {
	if v.Type != gjson.String && v.Type != gjson.Null {
		return ErrType
	}
	*t = text(v.Str)
	return nil
}

func (t *text) Same(v gjson.Result) bool {
	return (v.Type == gjson.String || v.Type == gjson.Null) && v.Str == string(*t)
}

func (t *text) Encode() []byte {
	if *t == "" {
		return nil
	}
	return String(string(*t))
}

// TextOrNumber is Text for a member that other programs also write as a number,
// which is taken as it is spelled.
func TextOrNumber(name string, to *string) Field { return Of(name, &textOrNumber{(*text)(to)}) }

type textOrNumber struct{ *text }

func asText(v gjson.Result) gjson.Result {
	if v.Type == gjson.Number {
		return gjson.Result{Type: gjson.String, Str: v.Raw}
	}
	return v
}

func (t *textOrNumber) Read(v gjson.Result) error { return t.text.Read(asText(v)) }

func (t *textOrNumber) Same(v gjson.Result) bool { return t.text.Same(asText(v)) }

// Flag is a boolean, left out where it is false.
func Flag(name string, to *bool) Field { return Of(name, (*flag)(to)) }

type flag bool

func (f *flag) Read(v gjson.Result) error {
	if !v.IsBool() && v.Type != gjson.Null {
		return ErrType
	}
	*f = flag(v.Bool())
	return nil
}

func (f *flag) Same(v gjson.Result) bool {
	return (v.IsBool() || v.Type == gjson.Null) && v.Bool() == bool(*f)
}

func (f *flag) Encode() []byte {
	if !*f {
		return nil
	}
	return []byte("true")
}

// Number is an integer, left out where it is 0.
func Number(name string, to *int64) Field { return Of(name, (*number)(to)) }

type number int64

func (n *number) Read(v gjson.Result) error {
	if v.Type != gjson.Number && v.Type != gjson.Null {
		return ErrType
	}
	*n = number(v.Int())
	return nil
}

func (n *number) Same(v gjson.Result) bool {
	return (v.Type == gjson.Number || v.Type == gjson.Null) && v.Int() == int64(*n)
}

func (n *number) Encode() []byte {
	if *n == 0 {
		return nil
	}
	return strconv.AppendInt(nil, int64(*n), 10)
}

// Millis is a time in epoch milliseconds, left out where it is zero.
func Millis(name string, to *time.Time) Field { return Of(name, (*millis)(to)) }

type millis time.Time

func (m *millis) Read(v gjson.Result) error {
	t, err := ParseMillis(v)
	if err == nil {
		*m = millis(t)
	}
	return err
}

func (m *millis) Same(v gjson.Result) bool {
	t, err := ParseMillis(v)
	return err == nil && t.Equal(time.Time(*m))
}

func (m *millis) Encode() []byte {
	t := time.Time(*m)
	if t.IsZero() {
		return nil
	}
	return strconv.AppendInt(nil, t.UnixMilli(), 10)
}

// maxMillis is the end of the year 9999: later times cannot be written as
// RFC 3339.
const maxMillis = 253402300799999

// ParseMillis reads a time in epoch milliseconds: a number, the same as text,
// or RFC 3339, as Claude Code takes all three. Null, 0 and less are the zero
// time. The error is ErrType.
func ParseMillis(v gjson.Result) (time.Time, error) {
	n := v.Num
	switch v.Type {
	case gjson.Null:
		return time.Time{}, nil
	case gjson.Number:
	case gjson.String:
		text := strings.TrimSpace(v.Str)
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.UTC(), nil
		}
		var err error
		if n, err = strconv.ParseFloat(text, 64); err != nil || n != n {
			return time.Time{}, ErrType
		}
	default:
		return time.Time{}, ErrType
	}
	if n <= 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(int64(min(n, maxMillis))).UTC(), nil
}

// Texts is a list of strings, always written, [] for none. One string is taken
// as a list separated by blanks.
func Texts(name string, to *[]string) Field { return Of(name, (*texts)(to)) }

type texts []string

func parseTexts(v gjson.Result) ([]string, error) {
	switch {
	case v.Type == gjson.Null:
		return nil, nil
	case v.Type == gjson.String:
		return strings.Fields(v.Str), nil
	case !v.IsArray():
		return nil, ErrType
	}
	out := []string{}
	for _, e := range v.Array() {
		if e.Type != gjson.String {
			return nil, ErrType
		}
		out = append(out, e.Str)
	}
	return out, nil
}

func (t *texts) Read(v gjson.Result) error {
	list, err := parseTexts(v)
	if err == nil {
		*t = list
	}
	return err
}

func (t *texts) Same(v gjson.Result) bool {
	list, err := parseTexts(v)
	return err == nil && slices.Equal(list, *t)
}

func (t *texts) Encode() []byte { return Strings(*t) }

// Object is a whole object kept as it stands, nil where it is absent.
func Object(name string, to *[]byte) Field { return Of(name, (*whole)(to)) }

type whole []byte

// Read is of null alone: whole is a Keeper.
func (w *whole) Read(gjson.Result) error {
	*w = nil
	return nil
}

// Keep implements Keeper.
func (w *whole) Keep(raw []byte) error {
	if raw[0] != '{' {
		return ErrType
	}
	*w = raw
	return nil
}

func (w *whole) Same(v gjson.Result) bool {
	if v.Type == gjson.Null {
		return *w == nil
	}
	return v.IsObject() && Equal2([]byte(v.Raw), *w)
}

func (w *whole) Encode() []byte { return *w }

// Equal2 says that both are absent, or the same but for white space.
func Equal2(a, b []byte) bool {
	return (a == nil) == (b == nil) && (bytes.Equal(a, b) || Equal(a, b))
}

// String spells a string as JSON.
func String(s string) []byte {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

// Strings spells a list of strings as JSON, nil as [].
func Strings(list []string) []byte {
	if list == nil {
		list = []string{}
	}
	b, _ := json.Marshal(list)
	return b
}
