package oauthcore

import (
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/signals"
	"baton/oauthcore/view"
)

// afterSwap is how long after a swap a report that fits no account's windows may
// still be of the account that went out.
const afterSwap = 2 * time.Minute

// whose is the account whose windows a report tells, "" for none. active is the
// account the session runs on if it has been prompted since the last swap: until
// then it goes on telling the figures of the account before.
func (s *State) whose(active string, report signals.StatusLine, now time.Time) string {
	told := windowsOf(report, now)
	if len(told) == 0 {
		return "" // windows that are over
	}
	last, known := s.Usage.Sessions.Of(report.SessionID)
	if known && repeats(last, report, now) {
		return last.Key
	}
	fits, differs := s.compareWindows(active, told, now)
	since := now.Sub(s.Usage.Peek(active).ActiveAt)
	late := since > afterSwap || since < 0 // the clock was ahead
	if known && late && !differs {
		return active // a session that was prompted
	}
	var exact, others []string // accounts that told the same, and that have such windows
	for _, a := range s.Vault.Accounts() {
		if a.Key == active || s.Usage.Peek(a.Key).ActiveAt.IsZero() {
			continue
		}
		if fits, differs := s.compareWindows(a.Key, told, now); fits && !differs {
			others = append(others, a.Key)
			if s.toldBefore(a.Key, report, now) {
				exact = append(exact, a.Key)
			}
		}
	}
	before := s.Usage.Previous(s.Vault, active)
	switch {
	case len(exact) == 1 && !s.toldBefore(active, report, now):
		return exact[0]
	case fits && !differs:
		return active
	case len(others) == 1:
		return others[0]
	case len(others) > 1:
		return ""
	case known, late:
		return active // a session that was prompted, or is new since the swap
	case differs, before != "" && s.Usage.Peek(before).Usage == nil:
		return "" // it may be the account's before
	}
	return active
}

// toldBefore says that a report repeats what is known of an account.
func (s *State) toldBefore(key string, report signals.StatusLine, now time.Time) bool {
	u := s.Usage.Peek(key).Usage.At(now)
	return u != nil && repeats(accounts.SessionReport{FiveHour: u.FiveHour, SevenDay: u.SevenDay}, report, now)
}

// windows are the resets of usage windows by their names, without those that are
// over.
type windows map[string]time.Time

const (
	fiveHours = "five hours"
	sevenDays = "seven days"
)

func windowsOf(report signals.StatusLine, now time.Time) windows {
	out := windows{}
	for name, w := range map[string]*signals.Window{fiveHours: report.FiveHour, sevenDays: report.SevenDay} {
		if w != nil && (w.ResetsAt.IsZero() || w.ResetsAt.After(now)) {
			out[name] = w.ResetsAt
		}
	}
	return out
}

// repeats says that a session reports what it reported before: it has not been
// prompted since.
func repeats(last accounts.SessionReport, report signals.StatusLine, now time.Time) bool {
	five, seven := toldWindow(report.FiveHour, now), toldWindow(report.SevenDay, now)
	return (five == nil || sameWindow(five, last.FiveHour)) && (seven == nil || sameWindow(seven, last.SevenDay))
}

// compareWindows says whether one of the windows told is the account's, by its
// reset, and whether one is not.
func (s *State) compareWindows(key string, told windows, now time.Time) (fits, differs bool) {
	u := s.Usage.Peek(key).Usage.At(now)
	if u == nil {
		return false, false
	}
	for name, w := range map[string]*view.Window{fiveHours: u.FiveHour, sevenDays: u.SevenDay} {
		at, ok := told[name]
		switch {
		case !ok || w == nil || w.ResetsAt.IsZero() || at.IsZero():
		case near(w.ResetsAt, at):
			fits = true
		default:
			differs = true
		}
	}
	return fits, differs
}

// take takes a report down on the record of the account it is of, and says
// whether anything changed.
func (s *State) take(active string, report signals.StatusLine, now time.Time) bool {
	key := s.whose(active, report, now)
	last, known := s.Usage.Sessions.Of(report.SessionID)
	repeated := known && last.Key == key && repeats(last, report, now)
	news := false
	if a := s.Vault.Get(key); a != nil && !a.Removed {
		news = s.note(key, report, &last, repeated, now)
		if known && !repeated && s.Usage.Peek(key).Refused != "" {
			s.Usage.Record(key).Refused, news = "", true // the session got an answer on it
		}
	}
	five, seven := toldWindow(report.FiveHour, now), toldWindow(report.SevenDay, now)
	if repeated || report.SessionID == "" || five == nil && seven == nil {
		return news
	}
	s.Usage.Sessions = s.Usage.Sessions.With(report.SessionID, accounts.SessionReport{Key: key, FiveHour: five, SevenDay: seven, At: now.UTC()})
	return true
}

func toldWindow(w *signals.Window, now time.Time) *view.Window {
	if w == nil || !w.ResetsAt.IsZero() && !w.ResetsAt.After(now) {
		return nil
	}
	return &view.Window{Percent: w.Percent, ResetsAt: w.ResetsAt}
}

func sameWindow(a, b *view.Window) bool {
	if a == nil || b == nil {
		return a == b
	}
	return samePercent(a.Percent, b.Percent) && a.ResetsAt.Sub(b.ResetsAt).Abs() < jitter
}
