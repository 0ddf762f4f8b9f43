package accounts_test

import (
	"strings"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

func parseUsage(t *testing.T, doc string) *accounts.UsageStore {
	t.Helper()
	u, err := accounts.ParseUsage([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func encodeUsage(t *testing.T, u *accounts.UsageStore) (string, bool) {
	t.Helper()
	doc, changed, err := u.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(doc), changed
}

const usageOfTwo = `{
  "schemaVersion": 1,
  "future": [1.0],
  "lastActive": "a",
  "accounts": {
    "a":  {"limited":true,"resetsAt":1795443180000,"new":1e2, "usage":{"fiveHour":{"percent":40},"source":"endpoint","observedAt":"2026-11-23T13:00:00Z"}},
    "b": {"limited":false, "copied":{"generation":3,"live":true,"print":"p","later":1},"poolLimited":true,"poolResetsAt":1795443180000}
  }
}
`

func TestUsageStoreKeepsUnchangedRecords(t *testing.T) {
	u := parseUsage(t, usageOfTwo)
	if out, changed := encodeUsage(t, u); changed || out != usageOfTwo {
		t.Errorf("changed by reading:\n%s", out)
	}
	a, b := u.Peek("a"), u.Peek("b")
	if !a.Mark.Limited || a.Mark.ResetsAt.UnixMilli() != 1795443180000 || a.Usage.FiveHour.Percent != 40 || a.PoolSeen ||
		b.Copied.Generation != 3 || !b.PoolSeen || !b.PoolMark.Limited || b.PoolMark.ResetsAt.UnixMilli() != 1795443180000 || u.LastActive != "a" {
		t.Errorf("%+v, %+v", a, b)
	}
	u.Record("b").Offline = true
	out, changed := encodeUsage(t, u)
	if !changed || !strings.Contains(out, usageOfTwo[strings.Index(usageOfTwo, `"a":  {`):strings.Index(usageOfTwo, `"b": `)]) || !strings.Contains(out, `"future": [1.0]`) {
		t.Errorf("more than one record was written:\n%s", out)
	}
	if got := gjson.Get(out, "accounts.b"); !got.Get("offline").Bool() || got.Get("copied.later").Int() != 1 || !got.Get("poolLimited").Bool() {
		t.Errorf("%s", got.Raw)
	}
}

// Each field alone is noticed as a change, is written, and is read again.
func TestEveryFieldOfARecordIsAChange(t *testing.T) {
	for name, edit := range map[string]func(*accounts.UsageRecord){
		"limited":      func(r *accounts.UsageRecord) { r.Mark.Limited = true },
		"resetsAt":     func(r *accounts.UsageRecord) { r.Mark.ResetsAt = noon },
		"markedAt":     func(r *accounts.UsageRecord) { r.Mark.MarkedAt = noon },
		"poolResetsAt": func(r *accounts.UsageRecord) { r.PoolMark.ResetsAt = noon },
		"poolLimited":  func(r *accounts.UsageRecord) { r.PoolSeen, r.PoolMark.Limited = true, true },
		"activeAt":     func(r *accounts.UsageRecord) { r.ActiveAt = noon },
		"offline":      func(r *accounts.UsageRecord) { r.Offline = true },
		"loginAddress": func(r *accounts.UsageRecord) { r.LoginAddress = "https://example.com/" },
		"copied":       func(r *accounts.UsageRecord) { r.Copied = &accounts.CopyNote{Generation: 2} },
		"usage":        func(r *accounts.UsageRecord) { r.Usage = &view.Usage{Source: "endpoint", ObservedAt: noon} },
	} {
		u := parseUsage(t, `{"accounts":{"a":{"limited":false},"b":{}}}`)
		edit(u.Record("a"))
		out, changed := encodeUsage(t, u)
		if !changed || !gjson.Get(out, "accounts.a."+name).Exists() || gjson.Get(out, "accounts.b").Raw != "{}" {
			t.Errorf("%s: changed %v\n%s", name, changed, out)
		}
		next := parseUsage(t, out)
		edit(next.Record("a"))
		if again, changed := encodeUsage(t, next); changed {
			t.Errorf("%s is not read as it was written:\n%s", name, again)
		}
	}
	for name, edit := range map[string]func(*accounts.UsageStore){
		"lastActive":      func(u *accounts.UsageStore) { u.LastActive = "x" },
		"swappedAt":       func(u *accounts.UsageStore) { u.SwappedAt = noon },
		"copyTrouble":     func(u *accounts.UsageStore) { u.CopyTrouble = "x" },
		"copyPausedUntil": func(u *accounts.UsageStore) { u.CopyPause = noon },
	} {
		for _, doc := range []string{"", "{}"} {
			u := parseUsage(t, doc)
			edit(u)
			out, changed := encodeUsage(t, u)
			if !changed || !gjson.Get(out, name).Exists() || gjson.Get(out, "accounts").Exists() {
				t.Errorf("%s: changed %v\n%s", name, changed, out)
			}
			next := parseUsage(t, out)
			if edit(next); gjson.Get(out, name).Exists() {
				if _, changed := encodeUsage(t, next); changed {
					t.Errorf("%s is not read as it was written", name)
				}
			}
		}
	}
	if _, changed := encodeUsage(t, parseUsage(t, "")); changed {
		t.Error("an empty store is written")
	}
}

func TestUsageStoresThatAreRefused(t *testing.T) {
	for _, doc := range []string{
		`[]`, `{`, `{"lastActive":1}`, `{"swappedAt":{}}`, `{"accounts":[]}`, `{"accounts":{"a":1}}`, `{"accounts":{"a":{"limited":1}}}`,
		`{"accounts":{"a":{"usage":[]}}}`, `{"accounts":{"a":{"copied":1}}}`, `{"accounts":{"a":{"poolLimited":"x"}}}`,
	} {
		if _, err := accounts.ParseUsage([]byte(doc)); !accounts.Misshapen(err) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestForgetKeepsTheCopysNote(t *testing.T) {
	u := parseUsage(t, usageOfTwo)
	u.Forget("a")
	u.Forget("b")
	u.Forget("nobody")
	out, changed := encodeUsage(t, u)
	if b := gjson.Get(out, "accounts.b"); !changed || gjson.Get(out, "accounts.a").Exists() || b.Get("copied.generation").Int() != 3 || b.Get("poolLimited").Exists() {
		t.Errorf("%s", out)
	}
	u.Drop("b")
	if out, _ := encodeUsage(t, u); strings.Join(strings.Fields(gjson.Get(out, "accounts").Raw), "") != "{}" {
		t.Errorf("%s", out)
	}
	// A record that is made again after it was dropped stays.
	u.Record("a").Offline = true
	if out, _ := encodeUsage(t, u); gjson.Get(out, "accounts.a").Raw == "" || gjson.Get(out, "accounts.a.limited").Bool() {
		t.Errorf("%s", out)
	}
	u = parseUsage(t, "")
	u.Drop("nobody")
	if u.Peek("nobody").Offline || len(u.Records) != 0 {
		t.Error("Peek made a record")
	}
}

func TestNoteActive(t *testing.T) {
	u := parseUsage(t, "")
	u.NoteActive("a", noon)
	if !u.SwappedAt.IsZero() || u.LastActive != "a" || !u.Peek("a").ActiveAt.Equal(noon) {
		t.Error("the first login seen is no swap")
	}
	u.NoteActive("a", noon.Add(time.Hour))
	if !u.SwappedAt.IsZero() || !u.Peek("a").ActiveAt.Equal(noon) {
		t.Error("the same account is a swap")
	}
	u.NoteActive("b", noon.Add(2*time.Hour))
	if !u.SwappedAt.Equal(noon.Add(2*time.Hour)) || u.LastActive != "b" || !u.Peek("a").ActiveAt.Equal(noon) {
		t.Error("a swap is not noted")
	}
	v := parseVault(t, "")
	for _, key := range []string{"a", "b", "c", "d"} {
		v.Add(key, accounts.Identity{Email: key})
	}
	u.NoteActive("c", noon.Add(3*time.Hour))
	if got := u.Previous(v, "c"); got != "b" {
		t.Errorf("before c: %q", got)
	}
	v.Remove(v.Get("b"))
	if got := u.Previous(v, "c"); got != "a" {
		t.Errorf("before c: %q", got)
	}
	v.Remove(v.Get("a"))
	if got := u.Previous(v, "c"); got != "" {
		t.Errorf("before c: %q", got)
	}
}

func TestMarks(t *testing.T) {
	known := accounts.Mark{Limited: true, ResetsAt: noon.Add(time.Hour), MarkedAt: noon}
	open := accounts.Mark{Limited: true, MarkedAt: noon}
	for name, tt := range map[string]struct {
		m       accounts.Mark
		until   time.Time
		assumed bool
	}{
		"none":       {accounts.Mark{ResetsAt: noon, MarkedAt: noon}, time.Time{}, false},
		"known":      {known, noon.Add(time.Hour), false},
		"open-ended": {open, noon.Add(5 * time.Hour), true},
	} {
		if until, assumed := tt.m.Until(); !until.Equal(tt.until) || assumed != tt.assumed {
			t.Errorf("%s: %v, %v", name, until, assumed)
		}
	}
	if known.Past(noon.Add(time.Hour-1)) || !known.Past(noon.Add(time.Hour)) || open.Past(noon.Add(5*time.Hour-1)) || !open.Past(noon.Add(5*time.Hour)) ||
		(accounts.Mark{}).Past(noon) {
		t.Error("Past")
	}
	u := parseUsage(t, "")
	u.Record("known").Mark, u.Record("open").Mark = known, open
	if u.ClearMarks(noon.Add(time.Hour)); u.Peek("known").Mark.Limited || !u.Peek("open").Mark.Limited {
		t.Error("ClearMarks")
	}
}

func TestLimited(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	window := func(percent float64, resets time.Time) *view.Window {
		return &view.Window{Percent: percent, ResetsAt: resets}
	}
	for name, tt := range map[string]struct {
		r       accounts.UsageRecord
		until   time.Time
		assumed bool
	}{
		"nothing known":            {accounts.UsageRecord{}, time.Time{}, false},
		"a mark":                   {accounts.UsageRecord{Mark: accounts.Mark{Limited: true, ResetsAt: at(2)}}, at(2), false},
		"a mark that is over":      {accounts.UsageRecord{Mark: accounts.Mark{Limited: true, ResetsAt: at(0)}}, time.Time{}, false},
		"a mark without an end":    {accounts.UsageRecord{Mark: accounts.Mark{Limited: true, MarkedAt: at(-1)}}, at(4), true},
		"a spent window":           {accounts.UsageRecord{Usage: &view.Usage{FiveHour: window(100, at(3))}}, at(3), false},
		"a window not quite spent": {accounts.UsageRecord{Usage: &view.Usage{FiveHour: window(99.9, at(3))}}, time.Time{}, false},
		"the later one counts": {accounts.UsageRecord{
			Mark: accounts.Mark{Limited: true, MarkedAt: at(-1)}, Usage: &view.Usage{FiveHour: window(100, at(3)), SevenDay: window(101, at(40))},
		}, at(40), false},
		"a mark after the window": {accounts.UsageRecord{
			Mark: accounts.Mark{Limited: true, ResetsAt: at(9)}, Usage: &view.Usage{FiveHour: window(100, at(3))},
		}, at(9), false},
	} {
		if until, assumed := tt.r.Limited(noon); !until.Equal(tt.until) || assumed != tt.assumed {
			t.Errorf("%s: %v, %v", name, until, assumed)
		}
	}
}

// A limit in the pool counts where another program wrote it: where it is not
// what Baton wrote last.
func TestTakeMark(t *testing.T) {
	at := noon.Add(time.Hour)
	limited := func() *accounts.PoolEntry {
		return &accounts.PoolEntry{Key: "a", RateLimited: true, LimitResetsAt: at}
	}
	free := func() *accounts.PoolEntry { return &accounts.PoolEntry{Key: "a", LimitResetsAt: at} }
	wrote := func(m accounts.Mark) accounts.UsageRecord {
		return accounts.UsageRecord{Mark: accounts.Mark{Limited: true, ResetsAt: noon.Add(9 * time.Hour)}, PoolMark: m, PoolSeen: true}
	}
	kept := accounts.Mark{Limited: true, ResetsAt: noon.Add(9 * time.Hour)}
	taken := accounts.Mark{Limited: true, ResetsAt: at, MarkedAt: noon}
	for name, tt := range map[string]struct {
		have accounts.UsageRecord
		e    *accounts.PoolEntry
		want accounts.Mark
	}{
		"a new limit":                        {accounts.UsageRecord{}, limited(), taken},
		"no limit, nothing written yet":      {accounts.UsageRecord{Mark: kept, PoolMark: accounts.Mark{Limited: true}}, free(), kept},
		"what Baton wrote":                   {wrote(accounts.Mark{Limited: true, ResetsAt: at}), limited(), kept},
		"another reset than Baton wrote":     {wrote(accounts.Mark{Limited: true, ResetsAt: noon}), limited(), taken},
		"a limit that was taken away":        {wrote(accounts.Mark{Limited: true, ResetsAt: at}), free(), accounts.Mark{MarkedAt: noon}},
		"no limit, as Baton wrote":           {wrote(accounts.Mark{}), free(), kept},
		"the reset of an entry that is free": {wrote(accounts.Mark{}), &accounts.PoolEntry{Key: "a", LimitResetsAt: noon}, kept},
	} {
		u := parseUsage(t, "")
		*u.Record("a") = tt.have
		u.TakeMark(tt.e, noon)
		if got := u.Peek("a").Mark; got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}
