//go:build unix

package oauthcore_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"

	"pgregory.net/rapid"
)

// history is one random history: a home, the provider, two Batons and the other
// programs, and the ledger of what may be lost.
type history struct {
	*rapid.T
	clock    *clock
	provider *providertest.Provider
	dir      string // the home
	backup   string // where the backup of Baton's files is, "" for none
	paths    claude.Paths
	batons   [2]*process
	people   []providertest.Person
	offline  bool // the provider cannot be reached
	mounted  bool // .credentials.json cannot be replaced by rename
	step     int
	wire     wire
	pool     doublePool // what huskies read last
	captured []byte     // what the second switcher keeps of the live login
	items    *fakeMirror
	ledger
}

// process is one Baton process.
type process struct {
	name string
	fs   *historyFS
	core *oauthcore.Core
}

// historyPeople are the accounts of a history. The first two are one address
// in two organisations.
func historyPeople(now time.Time) (out []providertest.Person) {
	for i, who := range []struct{ account, organization, email string }{
		{"acc-ada", "org-own", "ada@example.com"},
		{"acc-ada", "org-guild", "ada@example.com"},
		{"acc-work", "org-corp", "ada@corp.example"},
		{"acc-lab", "org-lab", "lab@uni.example"},
		{"acc-night", "org-night", "night@example.com"},
	} {
		out = append(out, providertest.Person{
			AccountUUID: who.account, OrganizationUUID: who.organization, Email: who.email,
			FullName: fmt.Sprint("Person ", i), DisplayName: fmt.Sprint("P", i),
			OrganizationName: who.organization, OrganizationType: "claude_max", RateLimitTier: "default_claude_max_5x",
			AccountCreatedAt: now.Add(-1000 * time.Hour),
		})
	}
	return out
}

func newHistory(t *rapid.T) *history {
	h := &history{T: t, clock: &clock{at: time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)}}
	h.ledger = newLedger()
	h.wire.h = h
	h.provider = providertest.NewProvider(providertest.Options{Now: h.clock.Now})
	dir, err := os.MkdirTemp("", "baton-history-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	h.dir = filepath.Join(dir, "home")
	h.paths, err = claude.PathsFrom(lookupIn(nil), func() (string, error) { return h.dir, nil })
	if err != nil {
		t.Fatal(err)
	}
	h.people = historyPeople(h.clock.Now())
	for _, who := range h.people {
		h.provider.AddAccount(who)
	}
	h.items = &fakeMirror{items: map[string]string{}}
	h.furnish()
	h.batons = [2]*process{h.newProcess("A"), h.newProcess("B")}
	return h
}

// newProcess starts a Baton on the home.
func (h *history) newProcess(name string) *process {
	p := &process{name: name, fs: &historyFS{h: h}}
	endpoints, err := provider.FromBase("http://127.0.0.1:1")
	if err != nil {
		h.Fatal(err)
	}
	p.core = oauthcore.New(oauthcore.Env{
		Paths: h.paths, FS: p.fs, Locks: &files.Locks{}, Now: h.clock.Now, GOOS: "linux", Step: p.fs.stepped,
		Provider: provider.New(endpoints, provider.Options{
			Now: h.clock.Now, Timeout: 5 * time.Second, HTTP: &http.Client{Transport: &caller{&h.wire, "baton " + name}},
		}),
	})
	p.core.Copies = h.mirrorOf(p.core)
	return p
}

// furnish writes the home: between three and five accounts in the pool, one of
// them live, in Claude Code's form of today or an older one.
func (h *history) furnish() {
	n := rapid.IntRange(3, len(h.people)).Draw(h.T, "accounts")
	h.must(os.MkdirAll(h.paths.Secure, 0o700))
	h.must(os.WriteFile(h.paths.ClaudeJSON, []byte(`{"numStartups":1}`), 0o600))
	h.pool.Accounts = map[string]doublePoolEntry{}
	for i, who := range h.people[:n] {
		cr := h.issue(who, time.Duration(i*2-1)*time.Hour)
		key := who.Email
		switch i {
		case 0:
			h.goLive(who, cr, rapid.Bool().Draw(h.T, "identifiers"))
		case 1: // the other organisation of the same address
			key += " (guild)"
		}
		h.pool.Accounts[key] = entryOf(who.Email, cr)
	}
	h.writePool()
}

// issue makes a login at the provider. fresh is how long its access token is
// good; the login's deadline is 28 days off.
func (h *history) issue(who providertest.Person, fresh time.Duration) providertest.Credentials {
	h.clock.Add(2 * time.Minute) // deadlines less than a minute apart count as equal
	now := h.clock.Now()
	cr, err := h.provider.IssueUntil(who.AccountUUID, who.OrganizationUUID, now.Add(fresh), now.Add(28*24*time.Hour))
	h.must(err)
	return cr
}

func (h *history) must(err error) {
	if err != nil {
		panic(fmt.Sprintf("the test's own part failed: %v", err))
	}
}
