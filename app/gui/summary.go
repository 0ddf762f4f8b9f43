//go:build cgo || js

package gui

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"baton/app/backend"
	"baton/widgets"
)

// headView answers who is active, how much is left, who is next.
func headView(s backend.Snapshot, now time.Time) widgets.HeadView {
	var v widgets.HeadView
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		v.Title, v.Detail = a.Name(), leftText(a.At(now), now)
	} else {
		switch s.Live.Reason {
		case backend.LiveUnknown:
			v.Title, v.Detail = tr(textStranger), s.Live.Email
		case backend.LiveTombstone:
			v.Title, v.Detail = tr(textTombstone), tr(textTombstoneHint)
		case backend.LiveUnreadable:
			v.Title = tr(textUnreadable)
		default:
			v.Title, v.Detail = tr(textNobody), tr(textNobodyHint)
		}
	}
	if s.Next != nil {
		if a, ok := s.Find(s.Next.Key); ok {
			v.Next = textNextIs(a.Name(), reasonText(s.Next.Reason))
		}
	}
	return v
}

// leftText says what is left in the window that ends first in practice: the one
// with the least left.
func leftText(a backend.Account, now time.Time) string {
	if a.Has(backend.NoticeRefused) {
		return refusal(a)
	}
	if a.State != backend.StateReady {
		word, _ := stateWord(a, now)
		if speaking() == langEnglish {
			word = strings.ToLower(word[:1]) + word[1:]
		}
		return word
	}
	if a.Usage == nil {
		return tr(textNoUsage)
	}
	var tight *backend.Window
	of := textFiveHoursLeft
	consider := func(w *backend.Window, k key) {
		if w == nil || (!w.ResetsAt.IsZero() && !now.Before(w.ResetsAt)) {
			return
		}
		if tight == nil || w.Percent > tight.Percent {
			tight, of = w, k
		}
	}
	consider(a.Usage.FiveHour, textFiveHoursLeft)
	if a.Usage.FiveHour == nil || (a.Usage.SevenDay != nil && a.Usage.SevenDay.Percent >= 80) {
		consider(a.Usage.SevenDay, textSevenDaysLeft)
	}
	if tight == nil {
		return tr(textNoUsage)
	}
	said := tr(of, "Left", textPercentOf(100-used(tight.Percent)))
	if !tight.ResetsAt.IsZero() {
		said += " · " + tr(textResets, "At", clock(tight.ResetsAt, now))
	}
	return said
}

// avatarTones gives each account a colour that stays its own while the window
// is open, wherever it is moved to, and that no other has as long as there are
// enough of them. have is what was given before.
func avatarTones(have map[string]int, accounts []backend.Account) map[string]int {
	tones := make(map[string]int, len(accounts))
	taken := [widgets.AvatarTones]bool{}
	var fresh []string
	for _, a := range accounts {
		if n, ok := have[a.Key]; ok {
			tones[a.Key] = n
			taken[n] = true
		} else {
			fresh = append(fresh, a.Key)
		}
	}
	slices.Sort(fresh) // not in the person's order, or a move would change them at the next start
	for _, key := range fresh {
		h := fnv.New32a()
		_, _ = h.Write([]byte(key))
		n := int(h.Sum32() % widgets.AvatarTones)
		if len(tones) < widgets.AvatarTones {
			for taken[n] {
				n = (n + 1) % widgets.AvatarTones
			}
		}
		tones[key] = n
		taken[n] = true
	}
	return tones
}
