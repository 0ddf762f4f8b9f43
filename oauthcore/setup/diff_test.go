package setup

import (
	"strings"
	"testing"
)

// Only the lines that differ are changed, also at the beginning and the end.
func TestChangedLines(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"a b c", "a b c", ""},
		{"a,", "a", ""},
		{"a", "b a", "+ b"},
		{"b a c", "a c", "- b"},
		{"a b", "a", "- b"},
		{"a", "a b", "+ b"},
		{"a b c", "a x c", "- b + x"},
		{"", "a", "+ a"},
		{"a", "", "- a"},
	} {
		got := strings.Join(changedLines(strings.Fields(c.before), strings.Fields(c.after)), " ")
		if got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.before, c.after, got, c.want)
		}
	}
}

// The difference shows what changes and nothing else: no API key beside it.
func TestDiff(t *testing.T) {
	const secrets = `"env":{"ANTHROPIC_API_KEY":"sk-ant-oat01-TEST"},"hooks":{"Stop":[{"hooks":[{"type":"command","command":"curl -H TEST"}]}],"StopFailure":[{"hooks":[{"command":"curl -H TEST","type":"command"}]}]}`
	const both = `
+   "statusLine": {
+     "type": "command",
+     "command": "/opt/baton statusline"
+   },
+   "hooks": {
+     "StopFailure": [
+       {
+         "hooks": [
+           {
+             "command": "/opt/baton hook",
+             "type": "command"
+           }
+         ],
+         "matcher": "*"
+       }
+     ]
+   }
`
	for _, c := range []struct{ before, want string }{
		{
			`{"statusLine":{"type":"command","command":"mine","padding":0},` + secrets + `}`, `
-     "command": "mine",
+     "command": "/opt/baton statusline",
+       {
+         "hooks": [
+           {
+             "command": "/opt/baton hook",
+             "type": "command"
+           }
+         ],
+         "matcher": "*"
+       }
`,
		},
		{"", both},
		{`{"model":"opus"}`, both},
	} {
		h := newHome(t)
		if c.before != "" {
			h.write(h.settings, c.before)
		}
		done := h.apply(Request{Program: tried})
		want := "--- " + h.settings + "\n+++ " + h.settings + " (after)" + c.want
		if got := done.Diff(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		back := h.apply(Request{Remove: true}).Diff()
		if strings.Contains(back, "TEST") || !strings.Contains(back, `- `) {
			t.Errorf("back: %s", back)
		}
		if again := h.apply(Request{Remove: true}).Diff(); again != "" {
			t.Errorf("no change: %s", again)
		}
	}
}
