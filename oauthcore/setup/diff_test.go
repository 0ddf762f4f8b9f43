package setup

import (
	"strings"
	"testing"
)

// The difference shows what changes and nothing else: no API key beside it.
func TestDiff(t *testing.T) {
	const secrets = `"env":{"ANTHROPIC_API_KEY":"sk-ant-oat01-TEST"},"hooks":{"Stop":[{"hooks":[{"type":"command","command":"curl -H TEST"}]}],"StopFailure":[{"hooks":[{"command":"curl -H TEST","type":"command"}]}]}`
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
		{
			"", `
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
`,
		},
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
