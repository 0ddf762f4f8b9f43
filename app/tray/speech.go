package tray

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed words/en.json words/de.json
var words embed.FS

// Speech is what the tray says in one language. It is read from a catalogue of
// its own and asks nothing of the toolkit, since a command without one tells the
// same news. The zero value says the names of its texts.
type Speech struct {
	language string
	texts    map[string]string
	plurals  map[string]map[string]string // by text, then "one" or "other"
}

// The languages there are.
const (
	english = "en"
	german  = "de"
)

// Speak gives the words of a language by its code, as "de" or "de_AT.UTF-8";
// English for one there is no catalogue of.
func Speak(language string) Speech {
	s := Speech{language: english, texts: map[string]string{}, plurals: map[string]map[string]string{}}
	if strings.HasPrefix(strings.ToLower(language), german) {
		s.language = german
	}
	doc, err := words.ReadFile("words/" + s.language + ".json")
	if err != nil {
		return s
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(doc, &all) != nil {
		return s // a test reads both
	}
	for name, raw := range all {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			s.texts[name] = text
			continue
		}
		var forms map[string]string
		if json.Unmarshal(raw, &forms) == nil {
			s.plurals[name] = forms
		}
	}
	return s
}

// say is a text. What its wording leaves open follows as name and value in turn.
func (sp Speech) say(k key, open ...any) string {
	text, ok := sp.texts[string(k)]
	if !ok {
		return string(k)
	}
	return filled(text, open)
}

// count is a text about n of something; {{.N}} in its wording is n.
func (sp Speech) count(k plural, n int) string {
	form := "other"
	if n == 1 {
		form = "one"
	}
	text, ok := sp.plurals[string(k)][form]
	if !ok {
		return string(k)
	}
	return filled(text, []any{"N", n})
}

// filled puts in what a wording leaves open, in one go: a name that looks like
// a gap is a name.
func filled(text string, open []any) string {
	if len(open) == 0 {
		return text
	}
	var pairs []string
	for i := 0; i+1 < len(open); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{{.%v}}", open[i]), fmt.Sprint(open[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// word is the nth of a text's words.
func (sp Speech) word(k key, n int) string {
	all := strings.Fields(sp.say(k))
	if n < 0 || n >= len(all) {
		return ""
	}
	return all[n]
}
