package signals

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParseStatusLine(t *testing.T) {
	five, seven := time.Unix(1795440368, 0).UTC(), time.Unix(1795736768, 0).UTC()
	for name, tt := range map[string]struct {
		doc         string
		five, seven *Window
	}{
		"as observed":        {`{"session_id":"s","rate_limits":{"five_hour":{"used_percentage":61.5,"resets_at":1795440368},"seven_day":{"used_percentage":34,"resets_at":1795736768}}}`, &Window{61.5, five}, &Window{34, seven}},
		"ISO times":          {`{"rate_limits":{"five_hour":{"used_percentage":1,"resets_at":"2026-11-23T13:26:08Z"}}}`, &Window{1, five}, nil},
		"milliseconds":       {`{"rate_limits":{"seven_day":{"used_percentage":0,"resets_at":1795736768000}}}`, nil, &Window{0, seven}},
		"numbers as text":    {`{"rate_limits":{"five_hour":{"used_percentage":"12.5%","resets_at":"1795440368"}}}`, &Window{12.5, five}, nil},
		"no reset":           {`{"rate_limits":{"five_hour":{"used_percentage":7,"resets_at":null}}}`, &Window{Percent: 7}, nil},
		"out of range":       {`{"rate_limits":{"five_hour":{"used_percentage":250,"resets_at":-5},"seven_day":{"used_percentage":-3,"resets_at":9e300}}}`, &Window{Percent: 100}, &Window{}},
		"absent":             {`{"session_id":"s"}`, nil, nil},
		"null":               {`{"rate_limits":null}`, nil, nil},
		"odd types":          {`{"rate_limits":{"five_hour":[1],"seven_day":{"used_percentage":{}}}}`, nil, nil},
		"no percentage":      {`{"rate_limits":{"five_hour":{"resets_at":1795440368}}}`, nil, nil},
		"cut off":            {`{"rate_limits":{"five_hour":{"used_percentage":61.5`, nil, nil},
		"not an object":      {`[{"rate_limits":{}}]`, nil, nil},
		"nothing whatever":   {``, nil, nil},
		"two documents":      {`{} {}`, nil, nil},
		"another spelling":   {`{"rate_limits":{"fiveHour":{"utilization":5,"resetsAt":1795440368}}}`, &Window{5, five}, nil},
		"a year not of ours": {`{"rate_limits":{"five_hour":{"used_percentage":5,"resets_at":"1999-01-01T00:00:00Z"}}}`, &Window{Percent: 5}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := ParseStatusLine([]byte(tt.doc))
			if !same(got.FiveHour, tt.five) || !same(got.SevenDay, tt.seven) {
				t.Errorf("got %+v, %+v", got.FiveHour, got.SevenDay)
			}
			if got.Tells() != (tt.five != nil || tt.seven != nil) {
				t.Error("Tells")
			}
		})
	}
}

func same(a, b *Window) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Percent == b.Percent && a.ResetsAt.Equal(b.ResetsAt)
}

func TestParseFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		kind Kind
		text string
	}{
		"as observed":      {`{"session_id":"s","transcript_path":"/t","cwd":"/","prompt_id":"p","hook_event_name":"StopFailure","error":"rate_limit","last_assistant_message":"You've hit your 5-hour limit"}`, RateLimit, "You've hit your 5-hour limit"},
		"other spelling":   {`{"hook_event_name":"StopFailure","error_type":"authentication_failed","error_message":"a","error_details":"b"}`, AuthFailed, "a\nb"},
		"another event":    {`{"hook_event_name":"Stop","error":"rate_limit"}`, "", ""},
		"only words":       {`{"hook_event_name":"StopFailure","last_assistant_message":"rate_limit rate limit 429"}`, "", "rate_limit rate limit 429"},
		"error is no text": {`{"hook_event_name":"StopFailure","error":{"type":"rate_limit"}}`, "", ""},
		"cut off":          {`{"hook_event_name":"StopFailure","error":"rate_limit"`, "", ""},
	} {
		if got := ParseFailure([]byte(tt.doc)); got.Kind != tt.kind || got.Text != tt.text {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

const (
	user  = `{"type":"user","timestamp":"2026-11-23T10:00:00.500Z"}`
	older = `{"type":"user","timestamp":"2026-11-23T09:00:00Z"}`
	limit = `{"isApiErrorMessage":true,"error":"rate_limit","apiErrorStatus":429,"timestamp":"2026-11-23T10:05:00Z","quotaLimits":{"status":"rejected","resetsAt":1795440322,"rateLimitType":"five_hour"}}`
	fine  = `{"type":"assistant","message":"ok \"isApiErrorMessage\" \"user\""}`
	owner = `{"type":"session-owner","accountUuid":"acc","organizationUuid":"org"}`
	other = `{"isApiErrorMessage":true,"error":"server_error"}`
)

func TestReadTranscript(t *testing.T) {
	prompt := time.Date(2026, 11, 23, 10, 0, 0, 5e8, time.UTC)
	reached := Transcript{TellsQuota: true, Kind: RateLimit, Quota: Quota{"rejected", time.Unix(1795440322, 0).UTC(), "five_hour"}, PromptAt: prompt}
	unprompted := reached
	unprompted.PromptAt = time.Time{}
	long := `{"type":"assistant","text":"` + strings.Repeat("x", 600<<10) + `"}`
	with := func(change func(*Transcript)) Transcript { out := reached; change(&out); return out }
	for name, tt := range map[string]struct {
		rows []string
		want Transcript
	}{
		"as observed":              {[]string{older, fine, user, fine, limit}, reached},
		"rows after it":            {[]string{user, limit, fine, `{"type":"user","timestamp":null}`}, reached},
		"a later turn":             {[]string{older, limit, fine, user}, Transcript{PromptAt: prompt, TellsQuota: true}},
		"far from the end":         {[]string{user, long, limit, long}, reached},
		"the last one is another":  {[]string{user, limit, other}, Transcript{Kind: "server_error", PromptAt: prompt, TellsQuota: true}},
		"no prompt":                {[]string{fine, limit}, unprompted},
		"no failure":               {[]string{user, fine}, Transcript{PromptAt: prompt}},
		"a row cut off at the end": {[]string{user, limit, `{"isApiErrorMessage":tr`}, reached},
		"nothing":                  {nil, Transcript{}},
		"a busy server":            {[]string{user, `{"isApiErrorMessage":true,"error":"rate_limit","apiErrorStatus":429}`}, with(func(t *Transcript) { t.Quota, t.TellsQuota = Quota{}, false })},
		"not covered by the plan":  {[]string{user, `{"isApiErrorMessage":true,"error":"rate_limit","apiError":"long_context_credits_required"}`}, with(func(t *Transcript) { t.Quota, t.TellsQuota = Quota{}, false })},
		"a limit that is near":     {[]string{user, strings.Replace(limit, "rejected", "allowed_warning", 1)}, with(func(t *Transcript) { t.Quota.Status = "allowed_warning" })},
		"an owner and a version": {[]string{owner, `{"type":"user","version":"2.1.332","timestamp":"2026-11-23T10:00:00.500Z"}`, limit}, with(func(t *Transcript) {
			t.Owned, t.Version, t.Started = true, "2.1.332", "2.1.332"
		})},
		"an owner without a name":       {[]string{`{"type":"session-owner","accountUuid":null}`}, Transcript{}},
		"text that speaks of an owner":  {[]string{`{"type":"user","message":"\"session-owner\"","accountUuid":"u"}`}, Transcript{}},
		"no failure, but a version":     {[]string{`{"type":"system","version":"2.1.112"}`}, Transcript{Version: "2.1.112", Started: "2.1.112"}},
		"the version of the failed row": {[]string{`{"type":"user","version":"2.1.112"}`, strings.Replace(limit, "{", `{"version":"2.1.400",`, 1)}, with(func(t *Transcript) { t.Version, t.Started, t.PromptAt = "2.1.400", "2.1.112", time.Time{} })},
		"updated since the start":       {[]string{`{"type":"user","version":"2.1.330"}`, `{"type":"user","version":"2.1.332"}`}, Transcript{Version: "2.1.330", Started: "2.1.330"}},
		"a mark, a long row, an owner":  {[]string{"\xef\xbb\xbf" + owner, `{"type":"summary","summary":"` + strings.Repeat("x", 600<<10) + `"}`, `{"type":"user","version":"2.1.332"}`}, Transcript{Version: "2.1.332", Started: "2.1.332", Owned: true}},
		"a long row before the owner":   {[]string{`{"type":"summary","version":"2.1.332","summary":"` + strings.Repeat("x", 600<<10) + `"}`, owner}, Transcript{Version: "2.1.332", Started: "2.1.332", Owned: true}},
		"an owner after an answer":      {[]string{`{"type":"user","version":"2.1.332"}`, fine, owner}, Transcript{Version: "2.1.332", Started: "2.1.332"}},
		"an owner beyond what is read":  {[]string{`{"type":"system","version":"2.1.332"}`, `{"type":"summary","summary":"` + strings.Repeat("x", headMost) + `"}`, owner}, Transcript{}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "t.jsonl")
			if err := os.WriteFile(path, []byte(strings.Join(tt.rows, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			tt.want.TellsQuota = tt.want.TellsQuota || AtLeast(tt.want.Version, QuotaSince)
			got, ok := ReadTranscript(path)
			if got != tt.want || ok != (tt.want != Transcript{}) {
				t.Errorf("got %+v, %v, want %+v", got, ok, tt.want)
			}
		})
	}
	for _, path := range []string{t.TempDir(), "/dev/zero", ""} {
		if got, ok := ReadTranscript(path); ok || got != (Transcript{}) {
			t.Errorf("%q: %+v", path, got)
		}
	}
}

func TestQuotaReached(t *testing.T) {
	for status, want := range map[string]bool{"rejected": true, "": false, "allowed": false, "allowed_warning": false, "Rejected": false} {
		if got := (Quota{Status: status}).Reached(); got != want {
			t.Errorf("%q: %v", status, got)
		}
	}
}

func TestKindsThatRefuse(t *testing.T) {
	for kind, want := range map[Kind]bool{
		OrgNotAllowed: true, OnHold: true, NotVerified: true, BillingTrouble: true,
		RateLimit: false, AuthFailed: false, "overloaded": false, "unknown": false, "": false,
	} {
		if kind.Refuses() != want {
			t.Errorf("%q: %v", kind, !want)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		version, since string
		want           bool
	}{
		{"2.1.332", "2.1.332", true},
		{"2.1.331", "2.1.332", false},
		{"2.1.1000", "2.1.332", true},
		{"2.2.0", "2.1.332", true},
		{"3", "2.1.332", true},
		{"2", "2.1.332", false},
		{"2.1", "2.1.332", false},
		{"1.9.999", "2.1.332", false},
		{"2.1.332-beta.1", "2.1.332", true},
		{"2.1.332.7", "2.1.332", true},
		{"v2.1.332", "2.1.332", true},
		{"v2.1.331", "2.1.332", false},
		{" 2.1.332\n", "2.1.332", true},
		{"2.1.332 (Claude Code)", "2.1.332", true},
		{"2.1.0332", "2.1.332", true},
		{"", "2.1.332", false},
		{"latest", "2.1.332", false},
		{"99999999999999999999.0.0", "2.1.332", true},
	} {
		if got := AtLeast(tt.version, tt.since); got != tt.want {
			t.Errorf("AtLeast(%q, %q) = %v", tt.version, tt.since, got)
		}
	}
}

func TestOfModel(t *testing.T) {
	for kind, want := range map[string]bool{"": false, "five_hour": false, "seven_day": false, "seven_day_opus": true, "seven_day_sonnet": true, "seven_day_overage": false, "overage": false} {
		if got := (Quota{Type: kind}).OfModel(); got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}

// FuzzSignals: nothing anybody sends can do more than say nothing.
func FuzzSignals(f *testing.F) {
	for _, s := range []string{user, limit, other, fine, limit + "\n" + user, user + "\n" + limit, `{"rate_limits":{"five_hour":{"used_percentage":1e400,"resets_at":1e-300}}}`, "\x00", `{"rate_limits":{"five_hour":{"used_percentage":"NaN"}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s := ParseStatusLine(doc)
		for _, w := range []*Window{s.FiveHour, s.SevenDay} {
			if w != nil && (!(w.Percent >= 0 && w.Percent <= 100) || !w.ResetsAt.IsZero() && (w.ResetsAt.Year() < firstYear || w.ResetsAt.Year() > lastYear)) {
				t.Errorf("%q gives %+v", doc, w)
			}
		}
		ParseFailure(doc)
		got, ok := readTranscript(bytes.NewReader(doc), int64(len(doc)))
		if !ok && got != (Transcript{}) || got.Kind != RateLimit && got.Quota != (Quota{}) {
			t.Errorf("%q gives %+v, %v", doc, got, ok)
		}
	})
}
