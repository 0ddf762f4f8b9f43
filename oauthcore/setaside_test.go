package oauthcore

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/provider"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

func TestKeepAside(t *testing.T) {
	b := newBench(t)
	s := emptyState(t)
	cr := loginNamed(t, "a")
	path, err := b.keepAside(s, cr, []byte(`{"designOauth":1}`), []byte(`{"emailAddress":"x"}`))
	if err != nil || path != filepath.Join(b.Paths.SetAside(), "login-20261123T130000Z-1.json") {
		t.Fatalf("%s, %v", path, err)
	}
	doc, _ := os.ReadFile(path)
	if gjson.GetBytes(doc, "claudeAiOauth").Raw != string(cr.JSON()) || gjson.GetBytes(doc, "designOauth").Raw != "1" || gjson.GetBytes(doc, "oauthAccount.emailAddress").String() != "x" {
		t.Errorf("%s", doc)
	}
	if !s.known(cr.RefreshToken) {
		t.Error("it is not known afterwards")
	}
	// A login is written once; the next one of the same second has another name.
	if path, err := b.keepAside(s, cr, nil, nil); path != "" || err != nil {
		t.Errorf("written again: %s, %v", path, err)
	}
	bareLogin := loginNamed(t, "bare", bare)
	if path, err := b.keepAside(s, bareLogin, nil, nil); err != nil || !strings.HasSuffix(path, "-2.json") || !s.known(bareLogin.AccessToken) {
		t.Errorf("%s, %v", path, err)
	}
	prints, err := b.asidePrints()
	if err != nil || len(prints) != 2 || !prints[cr.Fingerprint()] || !prints[bareLogin.AccessToken.Fingerprint()] {
		t.Errorf("%v, %v", prints, err)
	}
	// For display nothing is written.
	s.readOnly = true
	shown := loginNamed(t, "shown")
	if path, err := b.keepAside(s, shown, nil, nil); path != "" || err != nil || !s.known(shown.RefreshToken) {
		t.Errorf("%s, %v", path, err)
	}
	if entries, _ := os.ReadDir(b.Paths.SetAside()); len(entries) != 2 {
		t.Errorf("%d files", len(entries))
	}
}

func TestKeepAsideThatFails(t *testing.T) {
	b := newBench(t)
	s := emptyState(t)
	b.failing("temp", "set-aside", syscall.ENOSPC)
	a := s.Vault.Add("a", adaOwn)
	s.Vault.Save(a, loginNamed(t, "a"))
	if err := b.displace(s, a); view.CodeOf(err) != view.CodeFailed || !strings.Contains(err.Error(), "no space left") || !a.Credential.Usable() || s.aside[asidePrint(a.Credential)] {
		t.Errorf("%v", err)
	}
	b.fs.Before = nil
	if err := b.displace(s, a); err != nil || a.Credential.Usable() || !s.known(loginNamed(t, "a").RefreshToken) {
		t.Errorf("%v", err)
	}
	// A thousand names in one second, and no more.
	for n := 2; n <= 1000; n++ {
		b.write(filepath.Join(b.Paths.SetAside(), "login-20261123T130000Z-"+strconv.Itoa(n)+".json"), "{}")
	}
	if _, err := b.keepAside(s, loginNamed(t, "x"), nil, nil); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
	if err := os.Remove(filepath.Join(b.Paths.SetAside(), "login-20261123T130000Z-1000.json")); err != nil {
		t.Fatal(err)
	}
	if path, err := b.keepAside(s, loginNamed(t, "x"), nil, nil); err != nil || !strings.HasSuffix(path, "-1000.json") {
		t.Errorf("%s, %v", path, err)
	}
}

func TestAsideLogins(t *testing.T) {
	b := newBench(t)
	if out, unread, err := b.asideLogins(); out != nil || unread != nil || err != nil {
		t.Errorf("%v, %v, %v", out, unread, err)
	}
	dir := b.Paths.SetAside()
	for name, doc := range map[string]string{
		"login-1.json": loginDoc, "login-2.json": `{`, "login-3.json": `{}`, ".login-4.json": loginDoc, "login-5.txt": loginDoc, "login-6.json": loginDoc,
	} {
		b.write(filepath.Join(dir, name), doc)
	}
	b.failing("read", "login-6", syscall.EACCES)
	out, unread, err := b.asideLogins()
	if err != nil || len(out) != 1 || out[0].path != filepath.Join(dir, "login-1.json") || !slices.Equal(unread, []string{filepath.Join(dir, "login-2.json"), filepath.Join(dir, "login-6.json")}) {
		t.Errorf("%v, %q, %v", out, unread, err)
	}
	b.failing("read", "login-6", os.ErrNotExist) // removed just now
	if _, unread, err := b.asideLogins(); err != nil || len(unread) != 1 {
		t.Errorf("%q, %v", unread, err)
	}
	b.failing("list", "set-aside", syscall.EACCES)
	if _, _, err := b.asideLogins(); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
	if _, err := b.asidePrints(); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
}

// The later login of an account is taken from set-aside; one that may be it is
// named.
func TestFromSetAside(t *testing.T) {
	ends := func(hours int) func(*accounts.Credential) {
		return func(c *accounts.Credential) { c.ExpiresAt = proveNoon.Add(time.Duration(hours) * time.Hour) }
	}
	for name, tt := range map[string]struct {
		aside   accounts.Credential
		edit    func(s *State, a *accounts.Account)
		profile accounts.Identity
		err     error
		taken   bool
		unknown bool
		asked   int
	}{
		"later, by what is inside":       {aside: loginNamed(t, "x", naming(adaOwn), ends(2)), taken: true},
		"earlier":                        {aside: loginNamed(t, "x", naming(adaOwn), ends(-1))},
		"as late":                        {aside: loginNamed(t, "x", naming(adaOwn), ends(1)), unknown: true},
		"another account's":              {aside: loginNamed(t, "x", naming(graceOwn), ends(2))},
		"one that is known":              {aside: loginNamed(t, "a", ends(2))},
		"one that was used up":           {aside: loginNamed(t, "before", ends(2))},
		"its account has no login":       {aside: loginNamed(t, "x", naming(adaOwn), ends(-1)), edit: func(s *State, a *accounts.Account) { s.Vault.Displace(a) }, taken: true},
		"its account was removed":        {aside: loginNamed(t, "x", naming(adaOwn), ends(2)), edit: func(s *State, a *accounts.Account) { s.Vault.Remove(a) }},
		"the provider names it":          {aside: loginNamed(t, "x", ends(2)), profile: adaOwn, taken: true, asked: 1},
		"the provider names another":     {aside: loginNamed(t, "x", ends(2)), profile: graceOwn, asked: 1},
		"the provider names a new one":   {aside: loginNamed(t, "x", ends(2)), profile: newcomer, asked: 1},
		"the provider does not answer":   {aside: loginNamed(t, "x", ends(2)), err: errors.New("offline"), unknown: true, asked: 1},
		"its access token is over":       {aside: loginNamed(t, "x", ends(-1)), profile: adaOwn, unknown: true},
		"of an identity that is unknown": {aside: loginNamed(t, "x", naming(newcomer), ends(2))},
	} {
		b := newBench(t)
		p := &profiles{of: map[string]provider.Profile{}, err: map[string]error{"x": tt.err}}
		if tt.profile != (accounts.Identity{}) {
			p.of["x"] = profileOf(tt.profile)
		}
		b.Provider = p
		waits := 0
		b.Progress = func(key string, w view.Wait) {
			if key == "a" && w == view.WaitOwner {
				waits++
			}
		}
		if err := b.Update(t.Context(), func(s *State) error {
			a := s.Vault.Add("a", adaOwn)
			s.Vault.Save(a, loginNamed(t, "before"))
			s.Vault.Save(a, loginNamed(t, "a", ends(1)))
			s.Vault.Save(s.Vault.Add("g", graceOwn), loginNamed(t, "g"))
			if tt.edit != nil {
				tt.edit(s, a)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(b.Paths.SetAside(), "login-1.json")
		b.write(path, `{"claudeAiOauth":`+string(tt.aside.JSON())+`}`)
		taken, unknown, err := b.FromSetAside(t.Context(), "a")
		if err != nil || taken != tt.taken || (unknown == path) != tt.unknown || !tt.unknown && unknown != "" || len(p.asked) != tt.asked || waits != tt.asked {
			t.Errorf("%s: taken %v, unknown %q, asked for %q, %v", name, taken, unknown, p.asked, err)
		}
		s, err := b.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a := s.Vault.Get("a")
		if got := a.Credential.RefreshToken.Equal(tt.aside.RefreshToken); name != "one that is known" && got != tt.taken || tt.taken && (!a.Is(a.Credential.Inside()) || a.Doubt != "") {
			t.Errorf("%s: the login was taken: %v", name, got)
		}
		doc, _ := os.ReadFile(b.Paths.Activity())
		if strings.Contains(string(doc), "from set-aside") != tt.taken {
			t.Errorf("%s: %s", name, doc)
		}
	}
	b := newBench(t)
	b.write(filepath.Join(b.Paths.SetAside(), "login-1.json"), "{")
	if taken, unknown, err := b.FromSetAside(t.Context(), "nobody"); taken || !strings.HasSuffix(unknown, "login-1.json") || err != nil {
		t.Errorf("what cannot be read: %v, %q, %v", taken, unknown, err)
	}
	b.failing("list", "set-aside", syscall.EACCES)
	if _, _, err := b.FromSetAside(t.Context(), "nobody"); view.CodeOf(err) != view.CodeFailed {
		t.Errorf("%v", err)
	}
}
