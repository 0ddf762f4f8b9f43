package oauthcore_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/signals"
)

// Ten thousand malformed, cut, huge and hostile things handed to the status
// line and the hook: no error, and neither vault nor credentials are touched.
func TestWhateverIsToldHarmsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.clock.Add(time.Hour)
	vault, live, config := w.read(w.paths.Vault()), w.read(w.paths.Credentials()), w.read(w.paths.ClaudeJSON)
	seeds := []string{
		`{"session_id":"s","transcript_path":"/dev/zero","rate_limits":{"five_hour":{"used_percentage":61.5,"resets_at":1795440368},"seven_day":{"used_percentage":34,"resets_at":1795736768}}}`,
		`{"hook_event_name":"StopFailure","error":"rate_limit","transcript_path":"` + w.paths.Credentials() + `","last_assistant_message":"limit"}`,
		`{"hook_event_name":"StopFailure","error_type":"rate_limit","transcript_path":"/proc/self/mem"}`,
		`{"rate_limits":{"five_hour":{"used_percentage":1e999,"resets_at":"99999-01-01T00:00:00Z"}}}`,
		`{"rate_limits":{"five_hour":{"used_percentage":"` + strings.Repeat("9", 5000) + `","resets_at":-1}}}`,
		strings.Repeat(`{"rate_limits":`, 3000),
		`{"a":"` + strings.Repeat("\\u0000", 9000) + `"}`,
		"\xff\xfe\x00{", "", "null", "[]", "0", `"rate_limit"`,
	}
	random := rand.New(rand.NewPCG(1, 2))
	inserts := []string{`"`, `{`, `}`, `[`, `null`, `\`, "\x00", `:`, `,`, "1e309", `"rate_limits":`, "\u2028", "é", `{"error":"rate_limit"}`, `-`, "../../"}
	mutated := func() string {
		s := seeds[random.IntN(len(seeds))]
		for range random.IntN(6) {
			i, j := random.IntN(len(s)+1), random.IntN(len(s)+1)
			switch i, j = min(i, j), max(i, j); random.IntN(4) {
			case 0:
				s = s[:i]
			case 1:
				s = s[:i] + inserts[random.IntN(len(inserts))] + s[i:]
			case 2:
				s = s[:i] + s[j:]
			case 3:
				s = s[:j] + s[i:j] + s[j:]
			}
			s = s[:min(len(s), 200_000)]
		}
		return s
	}
	ctx := context.Background()
	wrote, times := 0, 10_000
	if watched {
		times = 300
	}
	for range times {
		told := []byte(mutated())
		seen, err := w.core.Observe(ctx, signals.ParseStatusLine(told))
		if err != nil {
			t.Fatalf("%.200q: %v", told, err)
		}
		if seen.Changed {
			wrote++
		}
		f := signals.ParseFailure(told)
		if f.Kind == signals.AuthFailed {
			continue
		}
		if _, err := w.core.Failed(ctx, f); err != nil {
			t.Fatalf("%.200q: %v", told, err)
		}
	}
	for path, was := range map[string][]byte{w.paths.Vault(): vault, w.paths.Credentials(): live, w.paths.ClaudeJSON: config} {
		if string(w.read(path)) != string(was) {
			t.Errorf("%s was changed", path)
		}
	}
	t.Logf("measured: %d told, usage.json written %d times", times, wrote)
	w.unlocked()
}
