package mirror

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// A restore is noted once; what is kept is not.
func TestRestoreIsNoted(t *testing.T) {
	core := coreWith(t, `{"accounts":{}}`)
	k := newMemory()
	k.items[core.Paths.CopyName("")] = `{"schemaVersion":1,"keys":["a"]}`
	k.items[core.Paths.CopyName("a")] = copyOfKey(t, "a")
	m := New(core, func(bool) Keyring { return k }, "on")
	for _, want := range []State{Restored, Kept} {
		rows, err := m.Restore(t.Context(), RestoreRequest{})
		if err != nil || len(rows) != 1 || rows[0].State != want {
			t.Fatalf("%+v, %v", rows, err)
		}
		doc, err := os.ReadFile(core.Paths.Activity())
		if err != nil || strings.Count(string(doc), `"restored"`) != 1 {
			t.Errorf("%s: %s, %v", want, doc, err)
		}
	}
}

// The copy of a removed account goes; where it cannot, only the log says so.
func TestRestoreDropsCopiesOfRemovedAccounts(t *testing.T) {
	for left, logged := range map[int]bool{-1: false, 0: true} {
		l, err := parseCopy(secret.New(copyOfKey(t, "a")))
		if err != nil {
			t.Fatal(err)
		}
		core := coreWith(t, `{"accounts":{"a":{"removed":true}},"spent":["`+l.token.Fingerprint()+` a"]}`)
		var log bytes.Buffer
		core.Log = slog.New(slog.NewTextHandler(&log, nil))
		k := newMemory()
		k.left = left
		k.items[core.Paths.CopyName("")] = `{"schemaVersion":1,"keys":["a"]}`
		k.items[core.Paths.CopyName("a")] = copyOfKey(t, "a")
		rows, err := New(core, func(bool) Keyring { return k }, "on").Restore(t.Context(), RestoreRequest{})
		if err != nil || len(rows) != 1 || rows[0].State != Removed {
			t.Errorf("%+v, %v", rows, err)
		}
		if _, there := k.items[core.Paths.CopyName("a")]; there != logged || strings.Contains(log.String(), "the copy of a removed account stays") != logged {
			t.Errorf("there: %v, log: %s", there, log.String())
		}
	}
}

func TestLiveOwner(t *testing.T) {
	core := coreWith(t, `{"accounts":{}}`)
	if err := os.WriteFile(core.Paths.Credentials(), []byte(`{`+login("a")+`}`), 0o600); err != nil {
		t.Fatal(err)
	}
	live, err := core.ReadLive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	owner := &accounts.Account{Key: "a"}
	for want, o := range map[string]*oauthcore.Opened{"a": {Owner: owner, Live: live}} {
		if got := liveOwner(o); got != want {
			t.Errorf("%q", got)
		}
	}
	for name, o := range map[string]*oauthcore.Opened{"no owner": {Live: live}, "no login": {Owner: owner}, "neither": {}} {
		if got := liveOwner(o); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A copy by a name that the index has lost; an address that several copies have.
func TestReadCopiesByName(t *testing.T) {
	core := coreWith(t, `{"accounts":{}}`)
	k := newMemory()
	root := core.Paths.CopyName("")
	k.items[root] = `{"schemaVersion":1,"keys":["a","b","damaged","gone"]}`
	for _, key := range []string{"a", "b", "lost"} {
		k.items[core.Paths.CopyName(key)] = copyOfKey(t, key)
	}
	k.items[core.Paths.CopyName("damaged")] = "{"
	m := New(core, nil, "on")
	for name, want := range map[string]struct {
		copies, rows int
		code         view.Code
	}{
		"": {2, 1, ""}, "a": {1, 0, ""}, "lost": {1, 0, ""}, "damaged": {0, 1, ""}, "gone": {code: view.CodeNotFound}, "nobody": {code: view.CodeNotFound},
	} {
		copies, rows, err := m.readCopies(t.Context(), k, name)
		if view.CodeOf(err) != want.code || len(copies) != want.copies || len(rows) != want.rows {
			t.Errorf("%q: %d copies, %+v, %v", name, len(copies), rows, err)
		}
		if want.code != "" && !strings.Contains(err.(*view.Problem).Hint, "a, b, damaged, gone") {
			t.Errorf("%q: %q", name, err.(*view.Problem).Hint)
		}
	}
	// One that can be read beside one that cannot; a part missing is logged.
	var log bytes.Buffer
	core.Log = slog.New(slog.NewTextHandler(&log, nil))
	for parts, incomplete := range map[string]bool{"1": false, "2": true} {
		log.Reset()
		k.items[root] = `{"schemaVersion":1,"keys":["a","damaged"],"parts":` + parts + `}`
		if copies, rows, err := m.readCopies(t.Context(), k, ""); err != nil || len(copies) != 1 || len(rows) != 1 || (log.Len() > 0) != incomplete {
			t.Errorf("%d copies, %+v, %v, log: %s", len(copies), rows, err, log.String())
		}
	}
	// An index without copies is none; with a part missing that is not known.
	for parts, code := range map[string]view.Code{"1": view.CodeNotFound, "2": view.CodeKeyring} {
		k := newMemory()
		k.items[root] = `{"schemaVersion":1,"keys":[],"parts":` + parts + `}`
		if _, _, err := m.readCopies(t.Context(), k, ""); view.CodeOf(err) != code {
			t.Errorf("%s parts: %v", parts, err)
		}
	}
	k = newMemory()
	if _, _, err := m.readCopies(t.Context(), k, "a"); view.CodeOf(err) != view.CodeNotFound || err.(*view.Problem).Hint != "see: baton keyring status" {
		t.Errorf("%v", err)
	}
}

func TestNotCopied(t *testing.T) {
	for entry, want := range map[string]view.Code{
		login("a") + `,"doubt":"sent"`:    view.CodeUnsure,
		login("a") + `,"needsLogin":true`: view.CodeNeedsLogin,
		`"doubt":"sent"`:                  view.CodeNeedsLogin,
	} {
		if got := errNotCopied(filled(t, `{"accounts":{"a":{`+entry+`}}}`).Vault.Get("a")); got.Code != want || got.Key != "a" {
			t.Errorf("%s: %s", entry, got.Code)
		}
	}
}

func TestStatusOfCopies(t *testing.T) {
	core := coreWith(t, `{"accounts":{"sure":{`+login("s")+`},"unsure":{"doubt":"sent",`+login("u")+`},"copied":{"doubt":"sent",`+login("copy")+`},"gone":{"removed":true},"gone too":{"removed":true}}}`)
	k := newMemory()
	k.items[core.Paths.CopyName("")] = `{"schemaVersion":1,"keys":["copied","gone","gone too","only here","nowhere"]}`
	for _, key := range []string{"copied", "gone", "only here"} {
		k.items[core.Paths.CopyName(key)] = copyOfKey(t, key)
	}
	m := New(core, func(bool) Keyring { return k }, "on")
	st, err := m.Status(t.Context())
	var got []string
	for _, row := range st.Rows {
		got = append(got, row.Key+" "+string(row.State))
	}
	if want := "sure missing, unsure unsure, copied ok, gone removed, only here lost"; err != nil || strings.Join(got, ", ") != want || st.Err != nil || !st.On || !st.ByEnvironment {
		t.Errorf("%q, %+v, %v", got, st, err)
	}
	k.items[core.Paths.CopyName("")] = `{"schemaVersion":1,"keys":["copied"],"parts":2}`
	if st, err := m.Status(t.Context()); err != nil || st.Err == nil || st.Err.Code != view.CodeKeyring {
		t.Errorf("incomplete: %+v, %v", st, err)
	}
	// Once the keyring failed it is not called again.
	k.items[core.Paths.CopyName("")] = "{"
	st, err = m.Status(t.Context())
	if err != nil || st.Err == nil || len(st.Rows) != 3 || st.Rows[0].State != Unknown {
		t.Errorf("%+v, %v", st, err)
	}
	st, err = New(core, nil, "").Status(t.Context())
	if err != nil || st.Err == nil || st.Err.Code != view.CodeUnsupported || st.On {
		t.Errorf("without a keyring: %+v, %v", st, err)
	}
}
