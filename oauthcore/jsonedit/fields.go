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

// Field ties one member of a JSON object to a variable: Read fills the
// variable, Write puts its value into the object.
type Field struct {
	name string
	read func(v gjson.Result) error
	// edit gives the member's new bytes, nil to take it out; same says that the
	// member as it stands has the variable's value already.
	edit func() []byte
	same func(v gjson.Result) bool
}

// Read fills the fields from an object. Of a member named twice the last one
// counts. Absent and null members give the zero value. The error wraps
// ErrSyntax, ErrShape, or ErrType with the member's name.
func Read(raw []byte, fields []Field) error {
	members, err := Last(raw)
	if err != nil {
		return err
	}
	byName := make(map[string]*Field, len(fields))
	for i := range fields {
		byName[fields[i].name] = &fields[i]
	}
	for _, m := range members {
		f := byName[m.Key]
		if f == nil {
			continue
		}
		if err := f.read(gjson.ParseBytes(m.Raw)); err != nil {
			return fmt.Errorf("%s: %w", m.Key, err)
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
	members, err := Last(raw)
	if err != nil {
		return nil, err
	}
	have := make(map[string][]byte, len(members))
	for _, m := range members {
		have[m.Key] = m.Raw
	}
	var edits []Edit
	for _, f := range fields {
		now, there := have[f.name]
		if f.same(gjson.ParseBytes(now)) && (there || f.edit() == nil) {
			continue
		}
		edits = append(edits, Edit{f.name, f.edit()})
	}
	if len(edits) == 0 {
		return raw, nil
	}
	return Apply(raw, edits)
}

// FieldOf makes a field of any type. parse gives the value of a member that is
// not null; encode gives the bytes, nil to leave the member out.
func FieldOf[T any](name string, to *T, parse func(gjson.Result) (T, error), equal func(a, b T) bool, encode func(T) []byte) Field {
	value := func(v gjson.Result) (T, error) {
		var zero T
		if v.Type == gjson.Null {
			return zero, nil
		}
		return parse(v)
	}
	return Field{
		name: name,
		read: func(v gjson.Result) error {
			x, err := value(v)
			if err == nil {
				*to = x
			}
			return err
		},
		same: func(v gjson.Result) bool {
			x, err := value(v)
			return err == nil && equal(x, *to)
		},
		edit: func() []byte { return encode(*to) },
	}
}

func same[T comparable](a, b T) bool { return a == b }

// Text is a string, left out where it is empty. A number is taken as it is
// spelled.
func Text(name string, to *string) Field {
	return FieldOf(name, to, ParseText, same, func(s string) []byte {
		if s == "" {
			return nil
		}
		return String(s)
	})
}

// ParseText reads a string; a number gives its spelling. The error is ErrType.
func ParseText(v gjson.Result) (string, error) {
	switch v.Type {
	case gjson.String:
		return v.Str, nil
	case gjson.Number:
		return v.Raw, nil
	}
	return "", ErrType
}

// Flag is a boolean, left out where it is false.
func Flag(name string, to *bool) Field {
	return FieldOf(name, to, func(v gjson.Result) (bool, error) {
		if !v.IsBool() {
			return false, ErrType
		}
		return v.Bool(), nil
	}, same, func(on bool) []byte {
		if !on {
			return nil
		}
		return []byte("true")
	})
}

// Number is an integer, left out where it is 0.
func Number(name string, to *int64) Field {
	return FieldOf(name, to, func(v gjson.Result) (int64, error) {
		if v.Type != gjson.Number {
			return 0, ErrType
		}
		return v.Int(), nil
	}, same, func(n int64) []byte {
		if n == 0 {
			return nil
		}
		return strconv.AppendInt(nil, n, 10)
	})
}

// Millis is a time in epoch milliseconds, left out where it is zero.
func Millis(name string, to *time.Time) Field {
	return FieldOf(name, to, ParseMillis, time.Time.Equal, func(t time.Time) []byte {
		if t.IsZero() {
			return nil
		}
		return strconv.AppendInt(nil, t.UnixMilli(), 10)
	})
}

// maxMillis is the end of the year 9999: later times cannot be written as
// RFC 3339.
const maxMillis = 253402300799999

// ParseMillis reads a time in epoch milliseconds: a number, the same as text,
// or RFC 3339, as Claude Code takes all three. 0 and less is the zero time. The
// error is ErrType.
func ParseMillis(v gjson.Result) (time.Time, error) {
	n := v.Num
	switch v.Type {
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
func Texts(name string, to *[]string) Field {
	return FieldOf(name, to, func(v gjson.Result) ([]string, error) {
		if v.Type == gjson.String {
			return strings.Fields(v.Str), nil
		}
		if !v.IsArray() {
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
	}, slices.Equal[[]string], Strings)
}

// Object is a whole object kept as it stands, nil where it is absent.
func Object(name string, to *[]byte) Field {
	return FieldOf(name, to, func(v gjson.Result) ([]byte, error) {
		if !v.IsObject() {
			return nil, ErrType
		}
		return []byte(v.Raw), nil
	}, Equal2, func(raw []byte) []byte { return raw })
}

// Equal2 says that both are absent, or the same but for white space.
func Equal2(a, b []byte) bool {
	return (a == nil) == (b == nil) && (bytes.Equal(a, b) || Equal(a, b))
}

// Always has a field written also where its value is zero, then as this JSON.
func (f Field) Always(zero string) Field {
	edit := f.edit
	f.edit = func() []byte {
		if raw := edit(); raw != nil {
			return raw
		}
		return []byte(zero)
	}
	return f
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
