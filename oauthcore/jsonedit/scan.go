package jsonedit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// The scanner checks a whole document by the grammar of RFC 8259 and notes
// where the members of one object stand, in one pass: Claude Code's global
// configuration is megabytes, and is looked through while a lock is held. It
// accepts exactly what encoding/json.Valid does (fuzzed against it), and is
// several times as fast, mostly by taking the insides of strings eight bytes
// at a time.

// errOff says that a place in the text does not follow the grammar. Callers
// see ErrSyntax.
var errOff = errors.New("off the grammar")

// maxDepth is the nesting encoding/json accepts too.
const maxDepth = 10000

// Valid says whether the document is one well-formed JSON value.
func Valid(doc []byte) bool {
	i, err := value(doc, blanks(doc, 0), 0)
	return err == nil && blanks(doc, i) == len(doc)
}

// object is an object and where its members stand in the document.
type object struct {
	brace int // where it opens
	spans []span
}

// open validates the document and lists the members of its top-level object.
func open(doc []byte) (object, error) {
	at := blanks(doc, 0)
	if at == len(doc) || doc[at] != '{' {
		if Valid(doc) {
			return object{}, ErrShape
		}
		return object{}, ErrSyntax
	}
	o, end, err := members(doc, at)
	if err != nil || blanks(doc, end) != len(doc) {
		return object{}, ErrSyntax
	}
	return o, o.unique()
}

// child lists the members of an object inside a document that was validated.
func child(doc []byte, s span) (object, error) {
	if doc[s.valueStart] != '{' {
		return object{}, ErrShape
	}
	o, _, err := members(doc, s.valueStart)
	if err != nil {
		return object{}, ErrSyntax
	}
	return o, o.unique()
}

// members reads the object that opens at i and gives the place after it.
func members(doc []byte, i int) (o object, end int, err error) {
	o.brace = i
	i = blanks(doc, i+1)
	if i < len(doc) && doc[i] == '}' {
		return o, i + 1, nil
	}
	for {
		s := span{keyStart: i}
		after, err := text(doc, i)
		if err != nil {
			return o, i, err
		}
		if s.key, err = unquote(doc[i:after]); err != nil {
			return o, i, err
		}
		if s.valueStart, err = colon(doc, after); err != nil {
			return o, i, err
		}
		if s.valueEnd, err = value(doc, s.valueStart, 1); err != nil {
			return o, i, err
		}
		o.spans = append(o.spans, s)
		i = blanks(doc, s.valueEnd)
		if i == len(doc) {
			return o, i, errOff
		}
		switch doc[i] {
		case '}':
			return o, i + 1, nil
		case ',':
			i = blanks(doc, i+1)
		default:
			return o, i, errOff
		}
	}
}

// value reads the value at i, nested depth deep, and gives the place after it.
// It keeps a stack of its own, so that a hostile text cannot end ours.
func value(doc []byte, i, depth int) (end int, err error) {
	var few [64]byte
	stack := few[:0]
	for {
		if i == len(doc) {
			return i, errOff
		}
		switch c := doc[i]; c {
		case '{', '[':
			if stack = append(stack, c); len(stack)+depth > maxDepth {
				return i, errOff
			}
			i = blanks(doc, i+1)
			if i < len(doc) && doc[i] == c+2 { // '}' and ']' stand two after their opening
				break // closed by the loop below
			}
			if c == '{' {
				if i, err = name(doc, i); err != nil {
					return i, err
				}
			}
			continue
		case '"':
			if i, err = text(doc, i); err != nil {
				return i, err
			}
		default:
			if i, err = literal(doc, i); err != nil {
				return i, err
			}
		}
		// A value is over, or its container empty: close what closes here.
		for {
			if len(stack) == 0 {
				return i, nil
			}
			if i = blanks(doc, i); i == len(doc) {
				return i, errOff
			}
			open := stack[len(stack)-1]
			if doc[i] != open+2 {
				break
			}
			stack = stack[:len(stack)-1]
			i++
		}
		if doc[i] != ',' {
			return i, errOff
		}
		i = blanks(doc, i+1)
		if stack[len(stack)-1] == '{' {
			if i, err = name(doc, i); err != nil {
				return i, err
			}
		}
	}
}

// name reads a member's name and colon and gives the place of its value.
func name(doc []byte, i int) (int, error) {
	i, err := text(doc, i)
	if err != nil {
		return i, err
	}
	return colon(doc, i)
}

func colon(doc []byte, i int) (int, error) {
	if i = blanks(doc, i); i == len(doc) || doc[i] != ':' {
		return i, errOff
	}
	return blanks(doc, i+1), nil
}

func blanks(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\n' || doc[i] == '\r' || doc[i] == '\t') {
		i++
	}
	return i
}

// text reads the string whose quote stands at i.
func text(doc []byte, i int) (int, error) {
	if i >= len(doc) || doc[i] != '"' {
		return i, errOff
	}
	for i++; ; {
		i = plain(doc, i)
		if i == len(doc) {
			return i, errOff
		}
		switch doc[i] {
		case '"':
			return i + 1, nil
		case '\\':
			n := escape(doc[i:])
			if n == 0 {
				return i, errOff
			}
			i += n
		default: // a control character
			return i, errOff
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

// escape gives the length of the escape that begins the text, 0 where it is none.
func escape(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) < 6 {
			return 0
		}
		for _, c := range s[2:6] {
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				return 0
			}
		}
		return 6
	}
	return 0
}

// literal reads true, false, null or a number.
func literal(doc []byte, i int) (int, error) {
	for _, word := range [...]string{"true", "false", "null"} {
		if doc[i] == word[0] {
			if end := i + len(word); end <= len(doc) && string(doc[i:end]) == word {
				return end, nil
			}
			return i, errOff
		}
	}
	if doc[i] == '-' {
		i++
	}
	whole := digits(doc, i)
	if whole == i || doc[i] == '0' && whole > i+1 {
		return i, errOff
	}
	i = whole
	if i < len(doc) && doc[i] == '.' {
		end := digits(doc, i+1)
		if end == i+1 {
			return i, errOff
		}
		i = end
	}
	if i < len(doc) && (doc[i] == 'e' || doc[i] == 'E') {
		i++
		if i < len(doc) && (doc[i] == '+' || doc[i] == '-') {
			i++
		}
		end := digits(doc, i)
		if end == i {
			return i, errOff
		}
		i = end
	}
	return i, nil
}

func digits(doc []byte, i int) int {
	for i < len(doc) && doc[i] >= '0' && doc[i] <= '9' {
		i++
	}
	return i
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
