package setup

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
	"pgregory.net/rapid"
)

// in puts Baton in and fails the test if that fails.
func in(t rapid.TB, doc string, old *note, program string) (string, *note) {
	t.Helper()
	var was []byte
	if doc != "" {
		was = []byte(doc)
	}
	out, n, err := putIn(was, old, "settings.json", program)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	if !json.Valid(out) {
		t.Fatalf("%s became %s", doc, out)
	}
	// The next run reads the note from its file.
	text, err := n.text()
	if err != nil {
		t.Fatal(err)
	}
	again := &note{}
	if err := json.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	return string(out), again
}

func out(t rapid.TB, doc string, n *note, program string) string {
	t.Helper()
	r, err := takeOut([]byte(doc), n, program)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return string(r.doc)
}

// Any settings come back to the byte, also if Baton moved in between.
func TestInAndOutGivesTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := settings().Draw(t, "settings")
		with, n := in(t, doc, nil, "/opt/baton")
		if rapid.Bool().Draw(t, "moved") {
			with, n = in(t, with, n, "'/usr/local bin/baton'")
		}
		if again, m := in(t, with, n, strings.TrimSuffix(n.Command, " statusline")); again != with || m.StatusLine != n.StatusLine {
			t.Errorf("the same again changes %s to %s", with, again)
		}
		if got := out(t, with, n, ""); got != doc {
			t.Errorf("%q came back as %q by way of %q", doc, got, with)
		}
	})
}

// settings draws the text of a settings.json.
func settings() *rapid.Generator[string] {
	space := rapid.SampledFrom([]string{"", " ", "\n  ", "\t", "\r\n"})
	var value *rapid.Generator[string]
	object := func(names []string, of *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			var b strings.Builder
			b.WriteString("{" + space.Draw(t, "lead"))
			for i, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 5).Draw(t, "names") { // some twice
				if i > 0 {
					b.WriteString("," + space.Draw(t, "lead"))
				}
				b.WriteString(`"` + name + `":` + space.Draw(t, "space") + of.Draw(t, name))
			}
			return b.String() + space.Draw(t, "trail") + "}"
		})
	}
	array := func(of *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			all := rapid.SliceOfN(of, 0, 3).Draw(t, "elements")
			return "[" + space.Draw(t, "lead") + strings.Join(all, ","+space.Draw(t, "space")) + space.Draw(t, "trail") + "]"
		})
	}
	scalar := rapid.SampledFrom([]string{`null`, `true`, `1.50`, `1e3`, `""`, `"x"`, `"\u0041 \/"`, `"mine --x 'a b'"`, `"command"`})
	value = rapid.OneOf(scalar, array(scalar), object([]string{"a", "b"}, scalar))
	hook := object([]string{"type", "command", "timeout"}, scalar)
	entry := rapid.OneOf(value, object([]string{"matcher", "hooks"}, array(rapid.OneOf(scalar, hook))))
	return rapid.Custom(func(t *rapid.T) string {
		top := map[string]*rapid.Generator[string]{
			"model":      value,
			"env":        value,
			"statusLine": rapid.OneOf(scalar, object([]string{"type", "command", "padding", "refreshInterval", "new"}, scalar)),
			"hooks":      object([]string{"Stop", "StopFailure"}, array(entry)),
		}
		names := rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(top))), 0, 6).Draw(t, "members")
		var b strings.Builder
		b.WriteString(space.Draw(t, "before") + "{" + space.Draw(t, "lead"))
		for i, name := range names {
			if i > 0 {
				b.WriteString("," + space.Draw(t, "lead"))
			}
			b.WriteString(`"` + name + `":` + space.Draw(t, "space") + top[name].Draw(t, name))
		}
		return b.String() + space.Draw(t, "trail") + "}" + space.Draw(t, "after")
	})
}

// Only the command of a status line changes, and its type if it has none.
func TestStatusLineKeepsItsMembers(t *testing.T) {
	const ours = `"/opt/baton statusline"`
	for _, c := range []struct{ before, want string }{
		{`{"type":"command", "command":"mine","padding":0,"refreshInterval":5,"new":[1]}`, `{"type":"command", "command":` + ours + `,"padding":0,"refreshInterval":5,"new":[1]}`},
		{`{"command":"mine","padding":2}`, `{"command":` + ours + `,"padding":2,"type":"command"}`},
		{`{"padding":2}`, `{"padding":2,"type":"command","command":` + ours + `}`},
		{`{"command":"a","command":"mine","type":"command"}`, `{"command":"a","command":` + ours + `,"type":"command"}`},
		{`null`, `{"type":"command","command":` + ours + `}`},
	} {
		with, n := in(t, `{"statusLine":`+c.before+`}`, nil, "/opt/baton")
		if got := gjson.Get(with, "statusLine").Raw; got != c.want {
			t.Errorf("%s became %s", c.before, got)
		}
		if want := commandOf([]byte(c.before)); n.chained() != want {
			t.Errorf("chained %q, want %q", n.chained(), want)
		}
	}
}

// What others changed in the status line stays when Baton's command is removed.
func TestRemoveKeepsWhatOthersChanged(t *testing.T) {
	for _, c := range []struct{ name, before, from, to, want string }{
		{
			"a member changed", `{"statusLine":{"type":"command","command":"mine","padding":0}}`,
			`"padding":0`, `"padding":3,"refreshInterval":9`,
			`{"statusLine":{"type":"command","command":"mine","padding":3,"refreshInterval":9}}`,
		},
		{
			"a member removed", `{"statusLine":{"type":"command","command":"mine","padding":0}}`,
			`,"padding":0`, ``,
			`{"statusLine":{"type":"command","command":"mine"}}`,
		},
		{
			"another command", `{"statusLine":{"type":"command","command":"mine"}}`,
			`"/opt/baton statusline"`, `"other"`,
			`{"statusLine":{"type":"command","command":"other"}}`,
		},
		{
			"a format", `{"statusLine":{"type":"command","command":"mine"}}`,
			`baton statusline`, `baton statusline --format x`,
			`{"statusLine":{"type":"command","command":"mine"}}`,
		},
		{"the object was Baton's", `{"a":1}`, `"type":"command",`, `"type":"command","padding":1,`, `{"a":1}`},
		{
			"another hook in the entry", `{}`, `"hooks":[{`, `"hooks":[{"type":"command","command":"x"},{`,
			`{"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"x"}],"matcher":"*"}]}}`,
		},
		{"another hook after it", `{}`, `"matcher":"*"}]`, `"matcher":"*"},{"hooks":[]}]`, `{"hooks":{"StopFailure":[{"hooks":[]}]}}`},
		{"another event", `{}`, `"hooks":{`, `"hooks":{"Stop":[],`, `{"hooks":{"Stop":[]}}`},
		{"a second hook of Baton's", `{}`, `"matcher":"*"}]`, `"matcher":"*"},{"hooks":[{"command":"baton.exe hook"}]}]`, `{}`},
		{
			"the type that setup added", `{"statusLine":{"command":"mine"}}`,
			`"type":"command"`, `"type":"other"`,
			`{"statusLine":{"command":"mine","type":"other"}}`,
		},
		{
			"an entry of another shape", `{}`,
			`"matcher":"*"}]`, `"matcher":"*"},{"hooks":{"command":"baton hook"}}]`,
			`{"hooks":{"StopFailure":[{"hooks":{"command":"baton hook"}}]}}`,
		},
		{"a new setting", `{}`, `{"statusLine"`, `{"model":"opus","statusLine"`, `{"model":"opus"}`},
	} {
		with, n := in(t, c.before, nil, "/opt/baton")
		changed := strings.Replace(with, c.from, c.to, 1)
		if changed == with {
			t.Fatalf("%s: %s is not in %s", c.name, c.from, with)
		}
		if got := out(t, changed, n, ""); got != c.want {
			t.Errorf("%s: left %s, want %s", c.name, got, c.want)
		}
	}
}

// Notes of version 1 stand for a status line that was replaced as a whole.
func TestNoteOfVersion1(t *testing.T) {
	const (
		before = `{"statusLine": {"type":"command",  "command":"mine","padding":0},"z":1}`
		with   = `{"statusLine": {"command":"/opt/baton statusline","type":"command"},"z":1,"hooks":{"StopFailure":[{"hooks":[{"command":"/opt/baton hook","type":"command"}],"matcher":"*"}]}}`
	)
	n := &note{
		SchemaVersion: 1, StatusLine: gjson.Get(before, "statusLine").Raw, MadeHooks: true, MadeEvent: true,
		Command: "/opt/baton statusline", Hook: "/opt/baton hook",
	}
	if got := out(t, with, n, ""); got != before {
		t.Errorf("came back as %s", got)
	}
	added := strings.Replace(with, `"command"}`, `"command","refreshInterval":1}`, 1)
	if got, want := out(t, added, n, ""), strings.Replace(before, `"padding":0`, `"padding":0,"refreshInterval":1`, 1); got != want {
		t.Errorf("with a new member: %s, want %s", got, want)
	}
	again, m := in(t, with, n, "/opt/baton")
	if want := `{"type":"command",  "command":"/opt/baton statusline","padding":0}`; gjson.Get(again, "statusLine").Raw != want {
		t.Errorf("its members do not come back: %s", again)
	}
	if got := out(t, again, m, ""); got != before {
		t.Errorf("came back as %s by way of version 2", got)
	}
	made := &note{SchemaVersion: 1, Command: "/opt/baton statusline", Hook: "/opt/baton hook"}
	if again, _ := in(t, added, made, "/opt/baton"); !strings.Contains(again, "refreshInterval") {
		t.Errorf("a member that was added is lost: %s", again)
	}
}

// Baton's own command is replaced or kept, and never the one that is chained.
func TestNeverChainsItself(t *testing.T) {
	for _, c := range []struct{ now, want string }{
		{"/opt/baton statusline", "/usr/bin/baton statusline"},
		{"'/opt/my tools/baton.exe' statusline", "/usr/bin/baton statusline"},
		{`"/opt/baton" statusline --format '{5h}' 2>/dev/null`, `/usr/bin/baton statusline --format '{5h}' 2>/dev/null`},
		{"mine; baton statusline", "mine; baton statusline"},
		{"sh -c 'baton-headless statusline'", "sh -c 'baton-headless statusline'"},
	} {
		doc, err := jsonedit.Set([]byte(`{"statusLine":{"type":"command"}}`), quoted(c.now), "statusLine", "command")
		if err != nil {
			t.Fatal(err)
		}
		for name, old := range map[string]*note{
			"no note":                               nil,
			"a note":                                {SchemaVersion: 2, StatusLine: `{"command":"earlier"}`, Command: "/opt/baton statusline"},
			"a note of a Baton that chained itself": {SchemaVersion: 1, StatusLine: string(gjson.GetBytes(doc, "statusLine").Raw), Command: "/opt/baton statusline"},
		} {
			with, n := in(t, string(doc), old, "/usr/bin/baton")
			if got := gjson.Get(with, "statusLine.command").String(); got != c.want {
				t.Errorf("%s, %s: became %s", name, c.now, got)
			}
			want := ""
			if name == "a note" {
				want = "earlier"
			}
			if n.chained() != want {
				t.Errorf("%s, %s: chained %q", name, c.now, n.chained())
			}
		}
	}
}

// Without a note Baton's commands are removed by their form, and others stay.
func TestRemoveWithoutANote(t *testing.T) {
	const others = `{"hooks":{"StopFailure":[{"matcher":"*","hooks":[{"type":"command","command":"x hook"}]}]}}`
	for _, before := range []string{`{"a":1}`, others} {
		for _, program := range []string{"/opt/baton", `'/home/it'\''s me/baton'`, "C:/Tools/baton.exe", "/opt/my-build"} {
			with, _ := in(t, before, nil, program)
			if got := out(t, with, nil, program); got != before {
				t.Errorf("%s: left %s, want %s", program, got, before)
			}
		}
	}
	for doc, still := range map[string]string{
		`{"statusLine":{"type":"command","command":"my-line statusline"}}`:                                        "",
		`{"statusLine":{"type":"command","command":" statusline"}}`:                                               "",
		`{"statusLine":{"type":"command","command":"cd /tmp; /opt/baton statusline"}}`:                            "cd /tmp; /opt/baton statusline",
		`{"hooks":{"StopFailure":[]}}`:                                                                            "",
		`{"hooks":{"StopFailure":[{"hooks":[{"command":"baton list"}]},1,{"hooks":2},{"hooks":["baton hook"]}]}}`: "",
		`{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"baton hook"}]}]}}`:                              "",
	} {
		r, err := takeOut([]byte(doc), nil, "/usr/bin/baton")
		if err != nil || r.statusLine || r.stillRuns != still || string(r.doc) != doc {
			t.Errorf("%s: %s, %+v, %v", doc, r.doc, r, err)
		}
	}
}

// A note of a Baton that had chained itself must not bring Baton back.
func TestRemoveAfterABatonThatChainedItself(t *testing.T) {
	n := &note{SchemaVersion: 1, StatusLine: `{"type":"command","command":"baton statusline --format x"}`, Command: "/opt/baton statusline"}
	if got := out(t, `{"statusLine":{"type":"command","command":"/opt/baton statusline"},"a":1}`, n, ""); got != `{"a":1}` {
		t.Errorf("left %s", got)
	}
}

// Commands that are there already keep their bytes, and only one hook stays.
func TestPutInOverWhatIsThere(t *testing.T) {
	const hook = `{"hooks":[{"type":"command","command":"baton hook"}]}`
	doc := `{"statusLine":{"type":"command","command":"\/opt\/baton statusline"},"hooks":{"StopFailure":[` + hook + `,{"hooks":[{"command":"'/opt/baton' hook","type":"command","timeout":5}]},` + hook + `]}}`
	with, n := in(t, doc, nil, "/opt/baton")
	want := `{"statusLine":{"type":"command","command":"\/opt\/baton statusline"},"hooks":{"StopFailure":[{"hooks":[{"type":"command","command":"/opt/baton hook"}]}]}}`
	if with != want {
		t.Errorf("became %s", with)
	}
	if got := out(t, with, n, ""); got != `{}` {
		t.Errorf("left %s", got)
	}
	// Of several hooks the first one's arguments are kept.
	doc = `{"hooks":{"StopFailure":[{"hooks":[{"command":"/old/baton hook --first","type":"command"}]},{"hooks":[{"command":"baton hook --second","type":"command"}]}]}}`
	with, n = in(t, doc, nil, "/opt/baton")
	if got := gjson.Get(with, "hooks").Raw; got != `{"StopFailure":[{"hooks":[{"command":"/opt/baton hook --first","type":"command"}]}]}` || n.Hook != "/opt/baton hook --first" {
		t.Errorf("of two hooks: %s, note %q", got, n.Hook)
	}
	mine := strings.Replace(want, `"/opt/baton hook"`, `"sleep 1; /opt/baton hook"`, 1)
	with, n = in(t, mine, nil, "/opt/baton")
	if with != mine || n.Hook != "" {
		t.Errorf("a hook of the person's own that runs Baton: %s, %+v", with, n)
	}
	mine = strings.Replace(want, `\/opt\/baton statusline`, `sleep 1; /opt/baton statusline`, 1)
	with, n = in(t, mine, nil, "/opt/baton")
	if with != mine || n.Command != "" {
		t.Errorf("a status line of the person's own that runs Baton: %s, %+v", with, n)
	}
}

// What setup made for its hook is removed with it, also if it was there at an
// earlier run of setup and removed since.
func TestMadeAtALaterRun(t *testing.T) {
	for _, before := range []string{`{"hooks":{}}`, `{"hooks":{"StopFailure":[]}}`} {
		_, n := in(t, before, nil, "/opt/baton")
		with, n := in(t, `{}`, n, "/opt/baton")
		if got := out(t, with, n, ""); got != `{}` {
			t.Errorf("%s: left %s", before, got)
		}
	}
}
