//go:build !js

package cli

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"baton/app/backend"
)

// tokenShaped matches what looks like one of the provider's tokens. None is
// ever handed to this package; but a person may type one in the wrong place,
// and it must not come back in an error.
var tokenShaped = regexp.MustCompile(`sk-ant-[A-Za-z0-9_-]+`)

// plain makes a text safe for one line of a terminal: no control or direction
// characters, which could forge other lines, and no token.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c >= ' ' && c <= '~':
			return c
		case c == '\n' || c == '\r' || c == '\t' || c == '\u2028' || c == '\u2029':
			return ' '
		case c == zeroWidthJoiner:
			return c // holds pictures together
		case unicode.In(c, unicode.Cc, unicode.Cf):
			return -1
		}
		return c
	}, s)
	return tokenShaped.ReplaceAllString(strings.TrimSpace(s), "[redacted]")
}

// nameIn is what to call an account in a list of several: its label, else its
// address, else, when others share the address, its key.
func nameIn(s backend.Snapshot, a backend.Account) string { return addressesIn(s).name(a) }

// addresses counts the accounts that have an address, in whatever case.
type addresses map[string]int

func addressesIn(s backend.Snapshot) addresses {
	count := make(addresses, len(s.Accounts))
	for i := range s.Accounts {
		count[folded(s.Accounts[i].Email)]++
	}
	return count
}

// name is nameIn for many accounts of one list.
func (count addresses) name(a backend.Account) string {
	switch {
	case a.Label != "":
		return plain(a.Label)
	case a.Email == "" || count[folded(a.Email)] > 1:
		return plain(a.Key)
	}
	return plain(a.Email)
}

// folded is the same for texts that are equal by strings.EqualFold, and only
// for those.
func folded(s string) string {
	return strings.Map(func(c rune) rune {
		least := c
		for other := unicode.SimpleFold(c); other != c; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, s)
}

// nameOf is nameIn for a key.
func nameOf(s backend.Snapshot, key string) string {
	a, ok := s.Find(key)
	if !ok {
		return plain(key)
	}
	return nameIn(s, a)
}

// fullName is nameOf with the address behind a label.
func fullName(s backend.Snapshot, key string) string {
	a, ok := s.Find(key)
	if !ok || a.Label == "" || a.Email == "" || a.Label == a.Email {
		return nameOf(s, key)
	}
	return plain(a.Label) + " (" + plain(a.Email) + ")"
}

// stateWords is an account's state in words, the notices after it.
func (r *runner) stateWords(a backend.Account) string {
	words := []string{r.stateWord(a)}
	for _, n := range a.Notices {
		switch n {
		case backend.NoticeLoginEnds:
			words = append(words, "login ends soon")
		default:
			words = append(words, strings.ReplaceAll(plain(string(n)), "_", " "))
		}
	}
	return strings.Join(words, ", ")
}

func (r *runner) stateWord(a backend.Account) string {
	if a.State == backend.StateLimited && !a.LimitedUntil.IsZero() {
		return "limited until " + r.clock(a.LimitedUntil)
	}
	return strings.ReplaceAll(plain(string(a.State)), "_", " ")
}

// refusal is the problem of an account the provider refuses, with the commands
// that help.
func refusal(a backend.Account) *backend.Problem {
	return &backend.Problem{
		Code: backend.ProblemRefused, Key: a.Key,
		Message: "the provider refuses this account: " + a.Refused,
		Hint:    "look at the account at claude.ai, then run 'baton refresh " + plain(a.Key) + "'",
	}
}

func stateColour(a backend.Account) colour {
	switch a.State {
	case backend.StateReady:
		if a.Has(backend.NoticeRefused) {
			return red
		}
		if len(a.Notices) > 0 {
			return yellow
		}
		return green
	case backend.StateLimited:
		return yellow
	case backend.StateNeedsLogin:
		return red
	}
	return faint
}

// clock shows a moment in the person's zone: the time alone today, the
// weekday with it within six days, else the date.
func (r *runner) clock(t time.Time) string {
	t, now := t.In(r.Local), r.Now().In(r.Local)
	away := dayNumber(t) - dayNumber(now)
	switch {
	case away == 0:
		return t.Format("15:04")
	case away > -7 && away < 7:
		return t.Format("Mon 15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// day shows a date in the person's zone, "-" for an unknown one.
func (r *runner) day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(r.Local).Format(time.DateOnly)
}

// dayNumber counts the calendar days of a local time, whatever the length of
// a day in its zone.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
}

// used shows how much of a window is used. A window that has been reset since
// it was seen, or was never seen, says nothing: "-".
func (r *runner) used(w *backend.Window) string {
	if !r.current(w) {
		return "-"
	}
	return strconv.Itoa(wholePercent(w.Percent)) + "%"
}

// left shows how much of a window is left and when it starts anew.
func (r *runner) left(w *backend.Window) string {
	if !r.current(w) {
		return "no data"
	}
	text := strconv.Itoa(100-wholePercent(w.Percent)) + "% left"
	if !w.ResetsAt.IsZero() {
		text += ", resets " + r.clock(w.ResetsAt)
	}
	return text
}

func (r *runner) current(w *backend.Window) bool {
	return w != nil && !math.IsNaN(w.Percent) && (w.ResetsAt.IsZero() || w.ResetsAt.After(r.Now()))
}

// wholePercent rounds, but shows neither end before it is reached: 99.7 is
// not spent.
func wholePercent(p float64) int {
	switch {
	case p <= 0:
		return 0
	case p >= 100:
		return 100
	}
	return min(max(int(math.Round(p)), 1), 99)
}
