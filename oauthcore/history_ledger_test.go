//go:build unix

package oauthcore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"baton/oauthcore/accounts"
	"baton/oauthcore/providertest"
	"baton/oauthcore/secret"
)

// ledger is what a history may have lost, and what it must not.
type ledger struct {
	lost   map[int]string  // by the login's number: why nobody has to have it
	bare   map[int]bool    // logins that lay somewhere without their own deadline
	usedUp map[string]bool // fingerprints that others used up before Baton saw them
	forgot map[string]bool // fingerprints the vault knew before a backup took its place
	// restored is the step of the last restored backup: what Baton knew of
	// requests and refusals until then is gone.
	restored int
	mishaps  map[int]bool // steps that something befell
	leaked   []string     // error texts with a token in them
}

func newLedger() ledger {
	return ledger{
		lost: map[int]string{}, bare: map[int]bool{}, usedUp: map[string]bool{}, forgot: map[string]bool{}, mishaps: map[int]bool{},
	}
}

func (l *ledger) lose(number int, why string) {
	if number != 0 && l.lost[number] == "" {
		l.lost[number] = why
	}
}

var historyTokens = regexp.MustCompile(providertest.RefreshPrefix + `[A-Za-z0-9]+`)

// holders are the fingerprints of all refresh tokens in the files where a login
// is kept, each with the best of these places. A token the vault calls spent is
// kept nowhere: it is never used again.
func (h *history) holders() map[string]string {
	out := map[string]string{}
	add := func(place string, paths ...string) {
		for _, path := range paths {
			doc, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			for _, t := range historyTokens.FindAllString(string(doc), -1) {
				out[secret.New(t).Fingerprint()] = place
			}
		}
	}
	glob := func(pattern ...string) []string {
		paths, err := filepath.Glob(filepath.Join(append([]string{h.paths.Own()}, pattern...)...))
		h.must(err)
		return paths
	}
	add("aside", glob("set-aside", "*.json")...)
	add("journal", glob("answers", "*.json")...)
	add("journal", glob("login-*", ".credentials.json")...)
	add("pool", h.paths.Pool())
	add("live", h.paths.Credentials())
	add("vault", h.paths.Vault())
	if v := h.vaultNow(); v != nil {
		for fp := range out {
			if v.SpentPrint(fp) {
				delete(out, fp)
			}
		}
	}
	return out
}

// vaultNow is the vault on disk, nil where it does not parse.
func (h *history) vaultNow() *accounts.Vault {
	doc, err := os.ReadFile(h.paths.Vault())
	if err != nil && !os.IsNotExist(err) {
		return nil
	}
	v, err := accounts.ParseVault(doc)
	if err != nil {
		return nil
	}
	return v
}

// missing are the logins that are good at the provider, that no file has, and
// that were not lost on purpose before.
func (h *history) missing() (out []providertest.LoginState) {
	held := h.holders()
	for _, l := range h.provider.State().Logins {
		if held[l.RefreshFingerprint] == "" && h.lost[l.Number] == "" {
			out = append(out, l)
		}
	}
	return out
}

// superseded says that the vault has a later login of the same account. It may
// have ended since. Where one of the two lay somewhere without its own deadline
// nothing tells which of them is the later, and the account may go on with either:
// then the one in the vault has to be good.
func (h *history) superseded(l providertest.LoginState) bool {
	v := h.vaultNow()
	if v == nil {
		return false
	}
	for _, a := range v.All() {
		fp := a.Credential.Fingerprint()
		o, ok := h.provider.LoginOf(fp)
		if ok && o.Number != l.Number && o.AccountUUID == l.AccountUUID && o.OrganizationUUID == l.OrganizationUUID &&
			(o.Number > l.Number || (h.bare[l.Number] || h.bare[o.Number]) && h.current(o.Number) == fp) {
			return true
		}
	}
	return false
}

// others runs what another program does. Logins that only this program made
// disappear are not Baton's to keep.
func (h *history) others(what string, run func()) {
	before := h.missing()
	h.Logf("%3d   %s", h.step, what)
	run()
	for _, l := range h.missing() {
		if !slices.ContainsFunc(before, func(b providertest.LoginState) bool {
			return b.Number == l.Number && b.RefreshFingerprint == l.RefreshFingerprint
		}) {
			h.lose(l.Number, what)
			h.Logf("        login %d of %s %s is gone with it", l.Number, l.AccountUUID, l.OrganizationUUID)
		}
	}
}

// settleLedger is done after each action of Baton's: what was presented, and
// what is missing since.
func (h *history) settleLedger(p *process, removed bool) {
	killed := p.fs.killed
	inHand := slices.Contains([]string{
		"refresh.answered", "journal.answer", "overwrite answer", "overwrite on answer", "login.journal",
	}, killed)
	for _, one := range h.wire.seen {
		if one.step != h.step || !strings.HasPrefix(one.by, "baton") {
			continue
		}
		h.judge(one)
		if one.Outcome == providertest.OutcomeRotated && (!one.Answered || inHand) {
			h.lose(one.login, "its answer was lost")
		}
	}
	for _, l := range h.missing() {
		switch {
		case h.superseded(l):
			h.lose(l.Number, "a later login came")
		case inHand:
			h.lose(l.Number, "Baton was killed with it in hand")
		case removed:
			h.lose(l.Number, "removed")
		default:
			h.Errorf("login %d of %s %s, good at the provider, is in no file (killed before %q, failed at %q)", l.Number, l.AccountUUID, l.OrganizationUUID, killed, p.fs.failed)
		}
	}
}

// judge looks whether Baton was allowed to present a refresh token.
func (h *history) judge(one presentation) {
	complain := func(format string, args ...any) {
		h.Errorf("step %d, %s, login %d (%s): %s", one.step, one.by, one.login, one.Outcome, fmt.Sprintf(format, args...))
	}
	if one.spent {
		complain("presented a token the vault calls spent")
	}
	excused := h.lost[one.login] != "" || h.usedUp[one.Fingerprint] || h.forgot[one.Fingerprint] || one.dead ||
		one.aside && one.asked >= askedAside || one.unsure && one.asked >= askedSwap
	unanswered, same := false, 0
	for _, was := range h.wire.seen {
		if was.Fingerprint != one.Fingerprint || !strings.HasPrefix(was.by, "baton") {
			continue
		}
		if was.step == one.step && was.Outcome != providertest.OutcomeKept {
			if same++; same > 2 {
				complain("presented more than twice in one action")
			}
		}
		if was.step >= one.step {
			continue
		}
		switch {
		case !was.Answered && was.Outcome == providertest.OutcomeRefused && was.Status == 400:
			// Cut off after a status that says that nothing was acted upon.
		case !was.Answered:
			unanswered = true
			if one.asked < askedSwap && was.step > h.restored {
				complain("repeated in step %d without being asked", was.step)
			}
		case was.Outcome == providertest.OutcomeRotated && !excused:
			complain("used already in step %d", was.step)
		case was.Status == 400 && was.Outcome != providertest.OutcomeIgnored && !h.mishaps[was.step] && was.step > h.restored && !excused:
			complain("refused already in step %d", was.step)
		}
	}
	if one.Outcome == providertest.OutcomeReused && !excused && !unanswered && same < 2 {
		complain("a used-up token was presented")
	}
}
