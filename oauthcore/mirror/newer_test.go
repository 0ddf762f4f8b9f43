package mirror

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/secret"
)

// coreWith is a core in a temp directory with this vault.
func coreWith(t *testing.T, vault string) *oauthcore.Core {
	t.Helper()
	dir := t.TempDir()
	core := oauthcore.New(oauthcore.Env{
		Paths: claude.Paths{Config: dir, Secure: dir, ClaudeJSON: filepath.Join(dir, ".claude.json"), State: filepath.Join(dir, "state")},
		FS:    files.OS{}, Locks: &files.Locks{}, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err := os.MkdirAll(core.Paths.Own(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(core.Paths.Vault(), []byte(vault), 0o600); err != nil {
		t.Fatal(err)
	}
	return core
}

// Only for an account whose login is unsure is the keyring called.
func TestTakeNewerCallsNoKeyringInVain(t *testing.T) {
	core := coreWith(t, `{"accounts":{"sure":{`+login("s")+`},"removed":{"removed":true,"doubt":"sent",`+login("r")+`},"unsure":{"doubt":"sent",`+login("u")+`}}}`)
	for key, want := range map[string]int{"nobody": 0, "sure": 0, "removed": 0, "unsure": 1} {
		opened := 0
		m := New(core, func(bool) Keyring { opened++; return newMemory() }, "on")
		if taken, rotated, err := m.TakeNewer(t.Context(), key); taken || rotated || err != nil || opened != want {
			t.Errorf("%s: %v, %v, %v, keyring opened %d times", key, taken, rotated, err, opened)
		}
	}
}

func TestNewerThan(t *testing.T) {
	const own = `"accountUuid":"ada","organizationUuid":"own","generation":6,`
	for name, tt := range map[string]struct {
		doc  string
		want bool
	}{
		"an unsure login":       {`"a":{` + own + `"doubt":"sent",` + login("x") + `}`, true},
		"a sure one":            {`"a":{` + own + login("x") + `}`, false},
		"of a removed account":  {`"a":{` + own + `"removed":true,"doubt":"sent",` + login("x") + `}`, false},
		"the same login":        {`"a":{` + own + `"doubt":"sent",` + login("copy") + `}`, false},
		"of another account":    {`"a":{"accountUuid":"x","organizationUuid":"y","doubt":"sent",` + login("x") + `}`, false},
		"held by another":       {`"a":{` + own + `"doubt":"sent",` + login("x") + `},"b":{` + login("copy") + `}`, false},
		"no account of the key": {`"b":{` + own + `"doubt":"sent",` + login("x") + `}`, false},
	} {
		f := filled(t, `{"accounts":{`+tt.doc+`}}`)
		l := loginCopy{key: "a", identity: ada, generation: 7, token: secret.New("sk-ant-ort01-TEST-copy")}
		if got := newerThan(f.State, l, "a"); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
		l.generation = 6
		if newerThan(f.State, l, "a") {
			t.Errorf("%s: a copy that is as old", name)
		}
	}
}

func TestCompareACopy(t *testing.T) {
	for name, tt := range map[string]struct {
		doc  string
		want State
	}{
		"no account":      {``, Lost},
		"without a login": {`"a":{}`, Lost},
		"removed":         {`"a":{"removed":true,` + login("x") + `}`, Removed},
		"its login":       {`"a":{"generation":9,` + login("copy") + `}`, OK},
		"newer":           {`"a":{"generation":6,` + login("x") + `}`, Ahead},
		"as old":          {`"a":{"generation":7,` + login("x") + `}`, Behind},
		"older":           {`"a":{"generation":8,` + login("x") + `}`, Behind},
	} {
		v := filled(t, `{"accounts":{`+tt.doc+`}}`).Vault
		l := loginCopy{key: "a", generation: 7, token: secret.New("sk-ant-ort01-TEST-copy")}
		if got := compare(v, v.Get("a"), l); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
