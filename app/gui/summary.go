//go:build cgo || js

package gui

import (
	"hash/fnv"
	"strings"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// headView answers who is active, how much is left, who is next.
func headView(s backend.Snapshot, now time.Time) widgets.HeadView {
	var v widgets.HeadView
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		v.Title, v.Detail = a.Name(), leftText(upToDate(a, now), now)
	} else {
		switch s.Live.Reason {
		case backend.LiveUnknown:
			v.Title, v.Detail = textStranger, s.Live.Email
		case backend.LiveTombstone:
			v.Title, v.Detail = textTombstone, textTombstoneHint
		case backend.LiveUnreadable:
			v.Title = textUnreadable
		default:
			v.Title, v.Detail = textNobody, textNobodyHint
		}
	}
	if s.Next != nil {
		if a, ok := s.Find(s.Next.Key); ok {
			v.Next = textNext(a.Name(), s.Next.Reason)
		}
	}
	return v
}

// leftText says what is left in the window that ends first in practice: the one
// with the least left.
func leftText(a backend.Account, now time.Time) string {
	if a.State != backend.StateReady {
		word, _ := stateWord(a, now)
		return strings.ToLower(word[:1]) + word[1:]
	}
	if a.Usage == nil {
		return textNoUsage
	}
	var tight *backend.Window
	of := ""
	consider := func(w *backend.Window, name string) {
		if w == nil || (!w.ResetsAt.IsZero() && !now.Before(w.ResetsAt)) {
			return
		}
		if tight == nil || w.Percent > tight.Percent {
			tight, of = w, name
		}
	}
	consider(a.Usage.FiveHour, "5 hours")
	if a.Usage.FiveHour == nil || (a.Usage.SevenDay != nil && a.Usage.SevenDay.Percent >= 80) {
		consider(a.Usage.SevenDay, "7 days")
	}
	if tight == nil {
		return textNoUsage
	}
	said := textLeft(100-used(tight.Percent), of)
	if !tight.ResetsAt.IsZero() {
		said += " · " + textResets(clock(tight.ResetsAt, now))
	}
	return said
}

// happened is the last thing the foot line tells of.
type happened struct {
	text string
	at   time.Time
	undo string // key to swap back to, "" for nothing to undo
	to   string // key a swap made active, "" for anything else
	more string // what follows from it
}

func footView(s backend.Snapshot, last *happened, now time.Time) widgets.FootView {
	free := 0
	for _, a := range s.Accounts {
		if upToDate(a, now).State == backend.StateReady {
			free++
		}
	}
	var v widgets.FootView
	if len(s.Accounts) > 0 {
		v.Left = textFree(free, len(s.Accounts))
	}
	if last != nil {
		v.Right = last.text + " " + ago(now.Sub(last.at))
		if last.more != "" {
			v.Right += " · " + last.more
		}
		if _, there := s.Find(last.undo); there && last.undo != s.Active {
			v.Link = textUndo
		}
	}
	return v
}

// avatarTones gives each account a colour that stays its own as long as it can,
// and that no other has as long as there are enough of them.
func avatarTones(accounts []backend.Account) map[string]int {
	tones := make(map[string]int, len(accounts))
	taken := [widgets.AvatarTones]bool{}
	for i, a := range accounts {
		h := fnv.New32a()
		_, _ = h.Write([]byte(a.Key))
		n := int(h.Sum32() % widgets.AvatarTones)
		if i < widgets.AvatarTones {
			for taken[n] {
				n = (n + 1) % widgets.AvatarTones
			}
			taken[n] = true
		}
		tones[a.Key] = n
	}
	return tones
}

// matches says whether an account has all words of the filter somewhere.
func matches(a backend.Account, filter string, now time.Time) bool {
	word, _ := stateWord(upToDate(a, now), now)
	if a.Active {
		word += " " + textActive
	}
	in := strings.ToLower(strings.Join([]string{
		a.Label, a.Email, a.OrganizationName, planName(a.Plan, a.Tier), word,
	}, "\n"))
	for _, w := range strings.Fields(strings.ToLower(filter)) {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}
