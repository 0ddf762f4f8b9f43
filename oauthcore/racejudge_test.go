//go:build unix

package oauthcore_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"baton/oauthcore/accounts"

	"github.com/tidwall/gjson"
)

// report prints the figures.
func (r *race) report(tallies map[string]*raceTally) {
	r.Helper()
	for _, role := range slices.Sorted(maps.Keys(tallies)) {
		tally := tallies[role]
		r.Logf("%-10s %v; longest (ms) %v", role, tally.Counts, tally.Longest)
		for text, n := range tally.Errors {
			r.Logf("%-10s %d times: %s", role, n, text)
		}
	}
	refreshes := map[string]int{}
	for _, p := range r.front.presents {
		refreshes[strings.TrimRight(p.by, "-12345")]++
	}
	r.Logf("refresh tokens presented: %v; violations: %d", refreshes, len(r.front.violations))
}

// judge says what the race must not have done.
func (r *race) judge(span time.Duration, tallies map[string]*raceTally) {
	r.Helper()
	if v := r.front.violations; len(v) != 0 {
		r.Errorf("at the provider: %v", v)
	}
	sum := map[string]int{}
	for role, tally := range tallies {
		for _, what := range []string{"locks broken", "writes thrown away", "logins replaced during a refresh", "tombstones", "logged out"} {
			if n := tally.Counts[what]; n != 0 {
				r.Errorf("%s: %s: %d", role, what, n)
			}
		}
		for text, n := range tally.Errors {
			r.Errorf("%s, %d times: %s", role, n, text)
		}
		for what, n := range tally.Counts {
			sum[what] += n
		}
	}
	r.Logf("measured: Batons in the race: %d calls, %d succeeded (%d swaps, %d refreshes), %d busy, %d met a torn pool, %d other errors",
		sum["calls"], sum["ok"], sum["swap ok"], sum["refresh ok"], sum["busy"], sum["torn pool"], sum["other"])
	if 3*sum["ok"] < sum["calls"] || sum["swap ok"] == 0 || sum["refresh ok"] == 0 {
		r.Error("too few of the Batons' calls succeeded")
	}
	if sum["refreshes"] == 0 && span > 5*time.Second {
		r.Error("no Claude Code ever got to refresh")
	}
	if err := r.core.Settle(r.Context()); err != nil {
		r.Fatal(err)
	}
	r.logins()
	r.surroundings(tallies)
}

// logins checks that every login lives, that the vault has each one's newest
// token, and that the live file and the pool agree with it.
func (r *race) logins() {
	r.Helper()
	current := map[string]string{} // by account and organisation
	for _, l := range r.provider.State().Logins {
		current[l.AccountUUID+l.OrganizationUUID] = l.RefreshFingerprint
	}
	vault, err := accounts.ParseVault(r.read(r.paths.Vault()))
	if err != nil {
		r.Fatal(err)
	}
	pool, err := accounts.ParsePool(r.read(r.paths.Pool()))
	if err != nil {
		r.Fatal(err)
	}
	live, err := accounts.ParseCredential([]byte(gjson.GetBytes(r.read(r.paths.Credentials()), "claudeAiOauth").Raw))
	if err != nil {
		r.Fatal(err)
	}
	active := ""
	for _, who := range r.home.Residents {
		a := vault.Get(who.Key)
		if a == nil {
			r.Errorf("the vault has no %s", who.Key)
			continue
		}
		have, want := a.Credential.Fingerprint(), current[who.Person.AccountUUID+who.Person.OrganizationUUID]
		if have != want || a.NeedsLogin || a.Doubt != "" {
			r.Errorf("%s is lost: the vault has %.12s, the provider takes %.12s; needs login %v, unsure %v", who.Key, have, want, a.NeedsLogin, a.Doubt)
			for _, p := range append(r.front.about(want[:min(12, len(want))], 6), r.front.about(have[:12], 6)...) {
				r.Log(p)
			}
		}
		if e := pool.Get(who.Key); e == nil || !e.RefreshToken.Equal(a.Credential.RefreshToken) {
			r.Errorf("the pool has another login of %s than the vault", who.Key)
		}
		if live.Same(a.Credential) {
			active = who.Person.AccountUUID
		}
	}
	named := gjson.GetBytes(r.read(r.paths.ClaudeJSON), "oauthAccount.accountUuid").String()
	if active == "" || active != named {
		r.Errorf("the live login is %q's, .claude.json names %q", active, named)
	}
}

// surroundings checks that nothing of the clients' own was lost and that
// nothing is left lying about.
func (r *race) surroundings(tallies map[string]*raceTally) {
	r.Helper()
	doc := r.read(r.paths.Credentials())
	if got, want := gjson.GetBytes(doc, "raceCounter").Int(), tallies[raceNew].Counts["mcp logins"]; got != int64(want) {
		r.Errorf("of %d MCP logins %d are there", want, got)
	}
	if !gjson.GetBytes(doc, "mcpOAuth").IsObject() {
		r.Error("the MCP logins of the start are gone")
	}
	cfg := r.read(r.paths.ClaudeJSON)
	touches := tallies[raceNew].Counts["config touches"] + tallies[raceOld].Counts["config touches"]
	if got := gjson.GetBytes(cfg, "raceTouches").Int(); got != int64(touches) {
		r.Errorf("of %d changes to .claude.json %d are there", touches, got)
	}
	onlyMember(r.T, raceTouches.ReplaceAll(r.config, raceUntouched), raceTouches.ReplaceAll(cfg, raceUntouched), "oauthAccount")
	for _, dir := range []string{r.paths.Secure, r.home.Dir, r.paths.Own()} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			r.Fatal(err)
		}
		for _, e := range entries {
			if n := e.Name(); strings.Contains(n, ".baton-") || (e.IsDir() && strings.HasSuffix(n, ".lock")) || strings.HasSuffix(n, ".tmp") {
				r.Errorf("%s is left in %s", n, dir)
			}
		}
	}
}

// raceUntouched puts the counter back to where it started.
var raceUntouched = []byte(`"raceTouches": 0`)

func (r *race) read(path string) []byte {
	r.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		r.Fatal(err)
	}
	return doc
}
