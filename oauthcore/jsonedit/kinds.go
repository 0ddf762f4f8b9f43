package jsonedit

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

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
