package claude_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

const adaAccount = `{"accountUuid":"acc","organizationUuid":"org","emailAddress":"ada@example.com","organizationName":"Example","displayName":"Ada"}`

// cachesOfAccount are what Claude Code learned of one account.
var cachesOfAccount = []string{
	"additionalModelOptionsCache", "additionalModelOptionsAnsweredAt", "additionalModelCostsCache", "modelAccessCache",
	"orgModelDefaultCache", "lastSeenOrgDefaultUpdatedAt", "autoCompactWindowsCache", "clientDataCache", "clientDataCacheSlots",
	"startupPrefetchedAt", "cachedUsageUtilization", "unusedLimitResetStatusCache", "promoCreditCheck", "firstWeek",
	"metricsStatusCache", "metricsStatusCacheByPrincipal", "cachedArtifactRoster", "artifactRosterDenied",
	"githubWebConnectionStatusCache", "connectorFileSendsAllowedV1", "managedSettingsNoticeSeenOrg", "trainingConsentSettledAt", "primaryApiKey",
}

func TestReadConfig(t *testing.T) {
	p := newPlace(t)
	path := p.Paths.ClaudeJSON
	for doc, want := range map[string]string{
		"":                                    "",
		" ":                                   "",
		"null":                                "",
		`{}`:                                  "",
		`{"oauthAccount":null}`:               "",
		`{"oauthAccount":` + adaAccount:       "damaged",
		`{"oauthAccount":` + adaAccount + `}`: adaAccount,
		`{"oauthAccount":{"old":1},"oauthAccount":` + adaAccount + `}`: adaAccount,
		"\xef\xbb\xbf" + `{"x":1, "oauthAccount":` + adaAccount + `}`:  adaAccount,
		`{"oauthAccount":"ada"}`:     "damaged",
		`{"oauthAccount":[]}`:        "damaged",
		`[]`:                         "damaged",
		"\xef\xbb\xbf\xef\xbb\xbf{}": "damaged",
		"\xef\xbb\xbf":               "damaged",
	} {
		p.write(path, doc)
		cfg, err := p.ReadConfig(background)
		if want == "damaged" {
			if e := wantCode(t, err, view.CodeDamaged); !strings.HasPrefix(e.Message, path+" ") {
				t.Errorf("%q: %q", doc, e.Message)
			}
			if claude.AccountIn([]byte(doc)) != nil {
				t.Errorf("%q: an account in a damaged document", doc)
			}
			continue
		}
		if err != nil || string(cfg.Account) != want || cfg.Path() != path || string(claude.AccountIn([]byte(doc))) != want {
			t.Errorf("%q: %s, %v", doc, cfg.Account, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if cfg, err := p.ReadConfig(background); err != nil || cfg.Account != nil || cfg.Path() != path {
		t.Errorf("without a file: %+v, %v", cfg, err)
	}
	p.write(path, `{"oauthAccount":"ada"}`)
	_, err := p.ReadConfig(background)
	if e := wantCode(t, err, view.CodeDamaged); !strings.Contains(e.Message, "oauthAccount: unexpected type") {
		t.Errorf("the member is not named: %q", e.Message)
	}
}

func TestIdentityIn(t *testing.T) {
	want := accounts.Identity{AccountUUID: "acc", OrganizationUUID: "org", Email: "ada@example.com", OrganizationName: "Example", DisplayName: "Ada"}
	if got := claude.IdentityIn([]byte(adaAccount)); got != want {
		t.Errorf("%+v", got)
	}
	if got := claude.IdentityIn(nil); got != (accounts.Identity{}) {
		t.Errorf("%+v", got)
	}
	p := newPlace(t)
	p.write(p.Paths.ClaudeJSON, `{"oauthAccount":`+adaAccount+`}`)
	if cfg, err := p.ReadConfig(background); err != nil || cfg.Identity() != want {
		t.Errorf("%+v, %v", cfg.Identity(), err)
	}
}

// The older file beats the newer one where it is there, for reading, writing
// and the lock around it.
func TestOldConfigBeatsTheNewOne(t *testing.T) {
	p := newPlace(t)
	old := p.Paths.OldConfig()
	p.write(p.Paths.ClaudeJSON, `{"oauthAccount":{"emailAddress":"new"}}`)
	p.write(old, `{"oauthAccount":{"emailAddress":"old"}}`)
	cfg, err := p.ReadConfig(background)
	if err != nil || cfg.Path() != old || cfg.Identity().Email != "old" {
		t.Errorf("%+v, %v", cfg.Identity(), err)
	}
	places := p.LockPlaces()
	if got := places[len(places)-1].Path; got != old+".lock" {
		t.Errorf("the lock is %s", got)
	}
	if err := p.guard().ReplaceConfig(background, []byte(adaAccount)); err != nil {
		t.Fatal(err)
	}
	if p.read(old) != `{"oauthAccount":`+adaAccount+`}` || p.read(p.Paths.ClaudeJSON) != `{"oauthAccount":{"emailAddress":"new"}}` {
		t.Errorf("written: %s, %s", p.read(old), p.read(p.Paths.ClaudeJSON))
	}
	// A directory of that name is not the file.
	if err := os.Remove(old); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if cfg, err := p.ReadConfig(background); err != nil || cfg.Path() != p.Paths.ClaudeJSON {
		t.Errorf("%s, %v", cfg.Path(), err)
	}
}

// Each cache of the account before goes; every other byte stays.
func TestReplaceConfig(t *testing.T) {
	for _, cached := range append([]string{""}, cachesOfAccount...) {
		p := newPlace(t)
		extra := ""
		if cached != "" {
			extra = `"` + cached + `" : {"a":[1]} , `
		}
		const rest = `"projects" : {"/x":{"n":1.50}}, "other":1e2`
		p.write(p.Paths.ClaudeJSON, "\xef\xbb\xbf{ "+extra+rest+"}\n")
		g := p.guard()
		if err := g.ReplaceConfig(background, []byte(adaAccount)); err != nil {
			t.Fatal(err)
		}
		if got, want := p.read(p.Paths.ClaudeJSON), "\xef\xbb\xbf{ "+rest+`, "oauthAccount": `+adaAccount+"}\n"; got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", cached, got, want)
		}
		g.Release()
	}
	for name, tt := range map[string]struct{ doc, account, want string }{
		"nothing there":         {"", adaAccount, `{"oauthAccount":` + adaAccount + `}`},
		"null":                  {"null", adaAccount, `{"oauthAccount":` + adaAccount + `}`},
		"taken out":             {`{"a":1,"oauthAccount":` + adaAccount + `}`, "", `{"a":1}`},
		"a cache and no change": {`{"firstWeek":1,"oauthAccount":` + adaAccount + `}`, adaAccount, `{"oauthAccount":` + adaAccount + `}`},
	} {
		p := newPlace(t)
		p.write(p.Paths.ClaudeJSON, tt.doc)
		var account []byte
		if tt.account != "" {
			account = []byte(tt.account)
		}
		if err := p.guard().ReplaceConfig(background, account); err != nil || p.read(p.Paths.ClaudeJSON) != tt.want {
			t.Errorf("%s: %q, %v", name, p.read(p.Paths.ClaudeJSON), err)
		}
	}
}

// A configuration that names the account already is not written: Claude Code
// would read it again for nothing.
func TestReplaceConfigLeavesARightOneAlone(t *testing.T) {
	for _, tt := range []struct{ doc, account string }{
		{`{"oauthAccount":` + adaAccount + `}`, adaAccount},
		{`{"x":1}`, ""},
		{`{"oauthAccount":null}`, ""},
	} {
		p := newPlace(t)
		p.write(p.Paths.ClaudeJSON, tt.doc)
		at := p.now.Add(-time.Hour).Truncate(time.Second)
		p.setTime(p.Paths.ClaudeJSON, at)
		var account []byte
		if tt.account != "" {
			account = []byte(tt.account)
		}
		if err := p.guard().ReplaceConfig(background, account); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(p.Paths.ClaudeJSON); err != nil || !info.ModTime().Equal(at) || p.read(p.Paths.ClaudeJSON) != tt.doc {
			t.Errorf("%s was written", tt.doc)
		}
	}
}

// A file that another program changes meanwhile is read and edited again, three
// times at most.
func TestReplaceConfigAgain(t *testing.T) {
	p := newPlace(t)
	path := p.Paths.ClaudeJSON
	changes := 0
	p.fs.Before = filestest.On("temp", func(at string) error {
		if strings.Contains(at, ".claude.json") && changes > 0 {
			changes--
			p.write(path, strings.Replace(p.read(path), "{", `{"x":1,`, 1))
		}
		return nil
	})
	for n, want := range map[int]view.Code{0: "", 1: "", 2: "", 3: view.CodeBusy} {
		p.write(path, `{"a":1}`)
		changes = n
		g := p.guard()
		err := g.ReplaceConfig(background, []byte(adaAccount))
		g.Release()
		if view.CodeOf(err) != want || gjson.Get(p.read(path), "oauthAccount").Exists() != (want == "") || strings.Count(p.read(path), `"x":1`) != n {
			t.Errorf("%d changes: %v, %s", n, err, p.read(path))
		}
		p.tidy()
	}
}

// For display megabytes are read again only where the file changed.
func TestPeekConfig(t *testing.T) {
	p := newPlace(t)
	path := p.Paths.ClaudeJSON
	reads := func() int {
		t.Helper()
		p.fs.Forget()
		if _, err := p.PeekConfig(background); err != nil {
			t.Fatal(err)
		}
		return p.fs.Count("read", path)
	}
	p.write(path, `{"a":1}`)
	p.setTime(path, p.now.Add(-time.Hour))
	for i, want := range []int{1, 0, 0} {
		if got := reads(); got != want {
			t.Errorf("%d: read %d times, want %d", i, got, want)
		}
	}
	p.setTime(path, p.now.Add(-30*time.Minute))
	if reads() != 1 {
		t.Error("another time is not seen")
	}
	p.write(path, `{"a":12}`)
	p.setTime(path, p.now.Add(-30*time.Minute))
	if reads() != 1 {
		t.Error("another length is not seen")
	}
	p.write(path+"2", `{"a":13}`)
	p.setTime(path+"2", p.now.Add(-30*time.Minute))
	if err := os.Rename(path+"2", path); err != nil {
		t.Fatal(err)
	}
	if reads() != 1 || reads() != 0 {
		t.Error("another file is not seen")
	}
	// A file that changed within a step of the file system's clock may change
	// again and look the same.
	p.setTime(path, p.now.Add(-2*time.Second))
	if first, again := reads(), reads(); first != 1 || again != 1 {
		t.Error("a young file is believed")
	}
	p.setTime(path, p.now.Add(-2*time.Second-time.Millisecond))
	if reads() != 1 || reads() != 0 {
		t.Error("an older file is not")
	}
	p.write(p.Paths.OldConfig(), `{"oauthAccount":`+adaAccount+`}`)
	if cfg, err := p.PeekConfig(background); err != nil || cfg.Path() != p.Paths.OldConfig() || cfg.Account == nil {
		t.Errorf("the older file is not seen: %v", err)
	}
	if err := os.Remove(p.Paths.OldConfig()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if cfg, err := p.PeekConfig(background); err != nil || cfg.Account != nil {
		t.Errorf("a file that is gone: %v", err)
	}
	p.write(path, `{`)
	if _, err := p.PeekConfig(background); view.CodeOf(err) != view.CodeDamaged {
		t.Errorf("%v", err)
	}
}

// Half a file, as a program that writes in place leaves it for a moment, is
// read again before it is believed.
func TestTornFilesAreReadAgain(t *testing.T) {
	for name, half := range map[string]string{"half": `{"a":`, "empty": ""} {
		for _, whole := range []int{1, 4, 5} {
			p := newPlace(t)
			p.write(p.Paths.ClaudeJSON, half)
			n := 0
			p.fs.Before = filestest.On("read", func(string) error {
				if n++; n == whole+1 {
					p.write(p.Paths.ClaudeJSON, `{"oauthAccount":`+adaAccount+`}`)
				}
				return nil
			})
			cfg, err := p.ReadConfig(background)
			switch {
			case whole < 5 && (err != nil || cfg.Account == nil):
				t.Errorf("%s, whole after %d reads: %v", name, whole, err)
			case whole == 5 && half == "" && (err != nil || cfg.Account != nil):
				t.Errorf("an empty file is empty in the end: %v", err)
			case whole == 5 && half != "" && view.CodeOf(err) != view.CodeDamaged:
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// It is tried five times, 20 ms apart.
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.write(p.Paths.ClaudeJSON, "{")
		since := time.Now()
		if _, err := p.ReadConfig(background); view.CodeOf(err) != view.CodeDamaged || time.Since(since) != 80*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(since))
		}
	})
	p := newPlace(t)
	p.write(p.Paths.ClaudeJSON, "{")
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := p.ReadConfig(ctx); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// A file that is gone is not an empty one: it can be made again.
func TestReplaceConfigThatIsGone(t *testing.T) {
	p := newPlace(t)
	p.write(p.Paths.ClaudeJSON, "")
	if _, err := p.ReadConfig(background); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(p.Paths.ClaudeJSON); err != nil {
		t.Fatal(err)
	}
	if err := p.guard().ReplaceConfig(background, []byte(adaAccount)); err != nil || p.read(p.Paths.ClaudeJSON) == "" {
		t.Errorf("%v", err)
	}
}

// Megabytes that are as they were are not parsed again.
func TestReadConfigParsesOnce(t *testing.T) {
	p := newPlace(t)
	read := func() {
		if _, err := p.ReadConfig(background); err != nil {
			t.Fatal(err)
		}
	}
	doc := `{"0":0` + strings.Repeat(`,"x":[{"y":{}}]`, 5000) + `}`
	p.write(p.Paths.ClaudeJSON, doc)
	n := 0
	first := testing.AllocsPerRun(5, func() {
		n++
		p.write(p.Paths.ClaudeJSON, strings.Replace(doc, "0", strings.Repeat("1", n), 1))
		read()
	})
	if again := testing.AllocsPerRun(5, read); 4*again > first {
		t.Errorf("%v allocations at first, %v again", first, again)
	}
}
