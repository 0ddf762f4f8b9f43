//go:build cgo || js

package gui

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baton/app/backend"
	"baton/widgets"
)

// gesture is what a card's primary button means at the moment.
type gesture int

const (
	gestureNone gesture = iota
	gestureSwap
	gestureLogin
	gestureResume
	gestureCancel
	gestureRetry
)

// situation is what the window knows about an account beyond its snapshot.
type situation struct {
	now     time.Time
	next    string           // key of the suggested account, "" for none
	doing   string           // what our own running action waits for, "" when none
	problem *backend.Problem // what our last action on it met
	tone    int              // avatar colour
	room    float32          // what the widest of the button's words take
}

// present turns an account into a card. It is a pure function: what the window
// shows is tested through it.
func present(a backend.Account, in situation) (widgets.CardView, gesture) {
	a = a.At(in.now)
	v := widgets.CardView{
		Name:        a.Name(),
		PrimaryRoom: in.room,
		MenuLabel:   tr(textMore, "Name", a.Name()),
		Badge:       planName(a.Plan, a.Tier),
		Detail:      detail(a),
		Avatar:      widgets.AvatarView{Initial: initial(a.Name()), Tone: in.tone, Dimmed: a.State == backend.StatePaused},
		Active:      a.Active,
		Dimmed:      a.State == backend.StatePaused,
	}
	v.Meters = meters(a, in.now)
	problem := in.problem
	if problem == nil {
		problem = a.Problem
	}
	if problem != nil && in.doing == "" {
		v.Problem, v.Hint = problemWords(problem)
	}
	stateText(&v, a, in)
	g := primary(&v, a, in)
	if v.Problem != "" && problem.Code == backend.ProblemRefused {
		if a.Refused != "" {
			v.Problem = refusal(a)
		}
		if g == gestureRetry {
			v.Hint = tr(textProblemRefusedRetry, "Button", v.Primary)
		}
	}
	return v, g
}

// refusal says that the provider refuses the account, and why in its words.
func refusal(a backend.Account) string { return tr(textProblemRefused, "Words", a.Refused) }

func detail(a backend.Account) string {
	var parts []string
	if a.Label != "" {
		parts = append(parts, a.Email)
	}
	if a.OrganizationName != "" && !strings.Contains(a.OrganizationName, a.Email) {
		// A person's own organization is named after the address: no news.
		parts = append(parts, a.OrganizationName)
	}
	return strings.Join(parts, " · ")
}

func initial(name string) string {
	r, size := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if size == 0 || r == utf8.RuneError {
		return "?"
	}
	return string(unicode.ToUpper(r))
}

func stateText(v *widgets.CardView, a backend.Account, in situation) {
	if in.doing != "" || a.Busy != "" {
		v.State, v.StateTone = in.doing, widgets.ToneMuted
		if in.doing == "" {
			v.State = waitWords(a.Busy)
		}
		return
	}
	word, tone := stateWord(a, in.now)
	if !a.Active {
		v.State, v.StateTone = word, tone
	} else {
		v.State, v.StateTone = tr(textActive), widgets.ToneAccent
		if a.State != backend.StateReady {
			v.Middle, v.MiddleTone = word, tone
		}
	}
	notice(v, a, in)
	if v.Second == "" {
		v.Second, v.SecondTone, v.Middle = v.Middle, v.MiddleTone, ""
	}
}

// notice puts the one mark that matters most into the card's second line.
func notice(v *widgets.CardView, a backend.Account, in situation) {
	switch {
	case a.Has(backend.NoticeRefused) && v.State == tr(textRefused): // it stands there already
	case a.Has(backend.NoticeRefused):
		v.Second, v.SecondTone = tr(textRefused), widgets.ToneBad
	case a.Has(backend.NoticeUnsure):
		v.Second, v.SecondTone = tr(textUnsure), widgets.ToneWarn
	case a.Has(backend.NoticeLoginEnds) && !a.LoginExpiresAt.IsZero():
		v.Second, v.SecondTone, v.SecondLink = tr(textLoginEnds, "In", within(a.LoginExpiresAt.Sub(in.now))), widgets.ToneWarn, true
	case a.Has(backend.NoticeOffline):
		v.Second, v.SecondTone = tr(textOffline), widgets.ToneMuted
	}
}

func stateWord(a backend.Account, now time.Time) (string, widgets.Tone) {
	switch a.State {
	case backend.StateNeedsLogin:
		return tr(textNeedsLogin), widgets.ToneBad
	case backend.StatePaused:
		return tr(textPaused), widgets.ToneMuted
	case backend.StateLimited:
		if a.LimitedUntil.IsZero() {
			return tr(textLimited), widgets.ToneBad
		}
		return tr(textLimitedUntil, "At", clock(a.LimitedUntil, now)), widgets.ToneBad
	}
	if a.Has(backend.NoticeRefused) {
		return tr(textRefused), widgets.ToneBad
	}
	return tr(textReady), widgets.ToneGood
}

func primary(v *widgets.CardView, a backend.Account, in situation) gesture {
	set := func(words string, kind widgets.ButtonKind, g gesture) gesture {
		v.Primary, v.PrimaryKind = words, kind
		return g
	}
	suggest := func(yes bool) widgets.ButtonKind {
		if yes {
			return widgets.ButtonAccent
		}
		return widgets.ButtonQuiet
	}
	if in.doing != "" {
		return set(tr(textCancel), widgets.ButtonQuiet, gestureCancel)
	}
	v.PrimaryOff = a.Busy != ""
	refused := in.problem != nil && in.problem.Code == backend.ProblemNeedsLogin
	switch {
	case a.State == backend.StateNeedsLogin || refused:
		return set(tr(textLogIn), suggest(a.Active || in.next == ""), gestureLogin)
	case a.State == backend.StatePaused:
		return set(tr(textResume), widgets.ButtonQuiet, gestureResume)
	case a.LoginAddress != "":
		return set(tr(textLogIn), suggest(a.Active || in.next == ""), gestureLogin)
	case in.problem != nil && mayPass(in.problem.Code),
		a.Problem != nil && refreshMayHelp(a.Problem.Code):
		return set(tr(textTryAgain), widgets.ButtonQuiet, gestureRetry)
	case a.Active:
		return gestureNone
	case a.State == backend.StateLimited:
		return set(tr(textSwapAnyway), widgets.ButtonFaint, gestureSwap)
	}
	return set(tr(textSwap), suggest(in.next != "" && in.next == a.Key), gestureSwap)
}

// mayPass says whether trying the same again can help.
func mayPass(c backend.ProblemCode) bool {
	switch c {
	case backend.ProblemOffline, backend.ProblemRefused, backend.ProblemBusy, backend.ProblemUnsure, backend.ProblemFailed:
		return true
	}
	return false
}

// refreshMayHelp says whether a refresh can end what stands in an account's way.
func refreshMayHelp(c backend.ProblemCode) bool {
	return c == backend.ProblemOffline || c == backend.ProblemRefused
}

func meters(a backend.Account, now time.Time) [2]widgets.MeterView {
	dimmed := a.State == backend.StatePaused
	var five, seven *backend.Window
	stale := ""
	if u := a.Usage; u != nil {
		five, seven = u.FiveHour, u.SevenDay
		if age := now.Sub(u.ObservedAt); !u.ObservedAt.IsZero() && age >= staleAfter {
			stale = tr(textSeen, "Ago", ago(age))
		}
	}
	one := meter(tr(textFiveHours), five, fiveHours, now)
	two := meter(tr(textSevenDays), seven, sevenDays, now)
	if a.Usage != nil && a.Usage.NoFiveHour {
		one.Plain, one.Right = true, tr(textNoFiveHours)
		if two.Known && stale != "" && two.Level != widgets.LevelSpent {
			two.Right, two.Short = stale, stale
		}
	}
	if one.Known && stale != "" && one.Level != widgets.LevelSpent {
		one.Right, one.Short = stale, stale
	}
	if a.Usage != nil && two.Level != widgets.LevelSpent {
		if m := spentModel(a.Usage.Models, now); m != nil {
			back := ""
			if !m.ResetsAt.IsZero() {
				back = weekday(m.ResetsAt.In(now.Location()))
			}
			two.Right, two.Short = textModelAt(m.Name, used(m.Percent), back), textModelAt(m.Name, used(m.Percent), "")
		}
	}
	one.Dimmed, two.Dimmed = dimmed, dimmed
	return [2]widgets.MeterView{one, two}
}

func meter(label string, w *backend.Window, long time.Duration, now time.Time) widgets.MeterView {
	v := widgets.MeterView{Label: label, Tick: -1, Right: tr(textNoData)}
	if w == nil {
		return v
	}
	if !w.ResetsAt.IsZero() && !now.Before(w.ResetsAt) {
		// What was seen belongs to a window that is over.
		v.Right = tr(textWasReset, "At", clock(w.ResetsAt, now))
		return v
	}
	v.Known, v.Percent, v.Number = true, w.Percent, textPercentOf(used(w.Percent))
	switch {
	case !w.ResetsAt.IsZero():
		v.Tick = max(0, 1-float64(w.ResetsAt.Sub(now))/float64(long))
		v.Short = clock(w.ResetsAt, now)
		v.Right = tr(textResets, "At", v.Short)
	case w.Percent == 0:
		v.Tick, v.Right = 0, tr(textNotStarted)
	default:
		v.Right = ""
	}
	switch {
	case w.Percent >= 100:
		v.Level = widgets.LevelSpent
	case v.Tick >= 0 && w.Percent >= 10 && w.Percent/100 > v.Tick:
		// Under a tenth, being ahead is noise: every window starts so.
		v.Level = widgets.LevelAhead
	}
	return v
}

// spentModel is the model whose weekly limit is worth a word: the fullest one,
// from nine tenths on.
func spentModel(models []backend.ModelWindow, now time.Time) *backend.ModelWindow {
	var most *backend.ModelWindow
	for i, m := range models {
		over := !m.ResetsAt.IsZero() && !now.Before(m.ResetsAt)
		if !over && m.Percent >= 90 && (most == nil || m.Percent > most.Percent) {
			most = &models[i]
		}
	}
	return most
}

// used is a whole percent, rounded so that 100 means all of it.
func used(percent float64) int {
	return int(math.Floor(min(100, max(0, percent))))
}
