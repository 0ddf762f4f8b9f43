package jsonedit

import (
	"fmt"
	"slices"
)

// Edit is one change of a member of the top-level object: Raw, itself valid
// JSON, becomes its value; nil takes the member out.
type Edit struct {
	Name string
	Raw  []byte
}

// Last lists the members of the top-level object as most readers see them: of
// a member that is named twice the last one counts. The error wraps ErrSyntax
// or ErrShape.
func Last(doc []byte) ([]Member, error) {
	o, err := scanBytes(doc).openLenient(nil)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(o.spans))
	out := make([]Member, 0, len(o.spans))
	for _, s := range o.spans {
		m := Member{string(s.key), doc[s.valueStart:s.valueEnd]}
		if i, twice := at[m.Key]; twice {
			out[i] = m
			continue
		}
		at[m.Key] = len(out)
		out = append(out, m)
	}
	return out, nil
}

// Apply makes several edits of the top-level object in one pass and returns a
// new document; all other bytes stay. A member that is named twice is replaced
// where it counts, which is the last place, and taken out in every place. A
// missing member is added at the end. The error wraps ErrSyntax or ErrShape.
func Apply(doc []byte, edits []Edit) ([]byte, error) {
	o, err := scanBytes(doc).openLenient(nil)
	if err != nil {
		return nil, err
	}
	if err := valid(edits); err != nil {
		return nil, err
	}
	return o.apply(doc, edits), nil
}

// Change is Apply for a large member together with others: fn is given its
// value, nil where it is missing, and gives the next one, which must be valid
// JSON and is not looked at again. The error is fn's or wraps ErrSyntax,
// ErrShape or ErrDuplicate.
func Change(doc []byte, name string, fn func(raw []byte) ([]byte, error), others []Edit) ([]byte, error) {
	o, err := open(doc)
	if err != nil {
		return nil, err
	}
	if err := valid(others); err != nil {
		return nil, err
	}
	var raw []byte
	if s, there := o.pick(name); there {
		raw = doc[s.valueStart:s.valueEnd:s.valueEnd]
	}
	if raw, err = fn(raw); err != nil {
		return nil, err
	}
	return o.apply(doc, append(slices.Clone(others), Edit{name, raw})), nil
}

func valid(edits []Edit) error {
	for _, e := range edits {
		if e.Raw != nil && !Valid(e.Raw) {
			return fmt.Errorf("the new value of %q: %w", e.Name, ErrSyntax)
		}
	}
	return nil
}

// apply makes the edits in the document the object is of.
func (o object) apply(doc []byte, edits []Edit) []byte {
	want := make(map[string][]byte, len(edits))
	for _, e := range edits {
		want[e.Name] = e.Raw
	}
	last := make(map[string]int, len(o.spans))
	for i, s := range o.spans {
		last[string(s.key)] = i
	}
	w := writer{doc: doc, out: make([]byte, 0, len(doc)+growth(edits))}
	kept := -1 // the last member that stays
	for i, s := range o.spans {
		raw, edited := want[string(s.key)]
		if edited && raw == nil {
			continue
		}
		// Members taken out go with the comma between them and a neighbour.
		if kept < 0 {
			w.copyTo(o.spans[0].keyStart)
			w.at = s.keyStart
		} else {
			w.copyTo(o.spans[kept].valueEnd)
			w.at = o.spans[i-1].valueEnd
		}
		kept = i
		if edited && i == last[string(s.key)] {
			w.copyTo(s.valueStart)
			w.out = append(w.out, raw...)
			w.at = s.valueEnd
		}
	}
	if n := len(o.spans); n > 0 {
		if kept >= 0 {
			w.copyTo(o.spans[kept].valueEnd)
		} else {
			w.copyTo(o.spans[0].keyStart)
		}
		w.at = max(w.at, o.spans[n-1].valueEnd)
	} else {
		w.copyTo(o.brace + 1)
	}
	w.add(o, kept, edits, last)
	w.copyTo(len(doc))
	return w.out
}

// growth is at most what edits make a document longer by, in bytes.
func growth(edits []Edit) (n int) {
	for _, e := range edits {
		n += len(e.Name) + len(e.Raw) + 64
	}
	return n
}

// writer copies a document piece by piece.
type writer struct {
	doc, out []byte
	at       int // how much of doc is done
}

// copyTo copies what is not done yet, up to a place.
func (w *writer) copyTo(end int) {
	if end > w.at {
		w.out = append(w.out, w.doc[w.at:end]...)
		w.at = end
	}
}

// add writes the members that were missing, spaced like the first one.
func (w *writer) add(o object, kept int, edits []Edit, have map[string]int) {
	lead, blank := []byte(nil), false
	if len(o.spans) > 0 {
		first := o.spans[0]
		lead = w.doc[o.brace+1 : first.keyStart]
		blank = w.doc[first.valueStart-1] == ' '
	}
	done := make(map[string]bool, len(edits))
	empty := kept < 0
	for i := range edits {
		name := edits[i].Name
		if _, there := have[name]; there || done[name] {
			continue
		}
		done[name] = true
		raw := edits[i].Raw
		for _, e := range edits[i+1:] { // of two edits of one member the later counts
			if e.Name == name {
				raw = e.Raw
			}
		}
		if raw == nil {
			continue
		}
		if !empty {
			w.out = append(append(w.out, ','), lead...)
		}
		empty = false
		w.out = append(append(w.out, quote(name)...), ':')
		if blank {
			w.out = append(w.out, ' ')
		}
		w.out = append(w.out, raw...)
	}
}
