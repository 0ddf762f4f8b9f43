package tray

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baton/app/backend"
)

// The switches of `baton config` that let a kind of notification through.
const (
	SwitchSwap  = "notify.swap"
	SwitchLogin = "notify.login"
	SwitchLimit = "notify.limit"
	SwitchFree  = "notify.free"
)

// SwitchTerminal lets a hook show its news in the terminal it belongs to.
const SwitchTerminal = "notify.terminal"

// Note is one notification. Neither line ever holds a token.
type Note struct {
	Title string
	Body  string
}

// News is what became true between two snapshots and is worth a notification,
// each kind only where its switch is on. before is nil at the start: what was so
// already is no news then, but for a login about to end, which one who has to do
// something about it is reminded of.
func (sp Speech) News(before *backend.Snapshot, s backend.Snapshot, now time.Time) []Note {
	var out []Note
	if On(s, SwitchSwap) && before != nil && before.Active != s.Active {
		if n, ok := sp.swapped(before, s, now); ok {
			out = append(out, n)
		}
	}
	for _, a := range s.Accounts {
		was := a
		known := before != nil
		if known {
			was, known = before.Find(a.Key)
		}
		out = append(out, sp.of(was, a, known, s, now)...)
	}
	return out
}

// EveryKind is News as if the switch of each kind were on.
func (sp Speech) EveryKind(before *backend.Snapshot, s backend.Snapshot, now time.Time) []Note {
	s.Settings = nil
	for _, key := range []string{SwitchSwap, SwitchLogin, SwitchLimit, SwitchFree} {
		s.Settings = append(s.Settings, backend.Setting{Key: key, Value: "on"})
	}
	return sp.News(before, s, now)
}

// of is what became true of one account; known says that it was there before.
func (sp Speech) of(was, a backend.Account, known bool, s backend.Snapshot, now time.Time) (out []Note) {
	turned := func(to backend.State) bool { return known && a.State == to && was.State != to }
	ends := a.Has(backend.NoticeLoginEnds) && (!known || !was.Has(backend.NoticeLoginEnds))
	came := func(n backend.Notice) bool { return known && a.Has(n) && !was.Has(n) }
	switch {
	case On(s, SwitchLogin) && turned(backend.StateNeedsLogin):
		out = append(out, Note{sp.say(textRefusedOf, "Name", nameOf(a)), sp.say(textRefused)})
	case On(s, SwitchLogin) && ends && a.State != backend.StateNeedsLogin && !a.LoginExpiresAt.IsZero():
		out = append(out, Note{sp.say(textEndsOf, "Name", nameOf(a)), capital(sp.ending(a.LoginExpiresAt, now))})
	}
	switch {
	case On(s, SwitchLogin) && came(backend.NoticeRefused):
		out = append(out, Note{sp.say(textRefuses, "Name", nameOf(a)), capital(oneLine(a.Refused)) + "\n" + sp.say(textRefusesHint)})
	case On(s, SwitchLogin) && came(backend.NoticeUnsure):
		out = append(out, Note{sp.say(textDoubtOf, "Name", nameOf(a)), sp.say(textDoubt)})
	}
	switch {
	case On(s, SwitchLimit) && turned(backend.StateLimited):
		out = append(out, Note{sp.say(textAtLimit, "Name", nameOf(a)), capital(sp.condition(a, now))})
	case On(s, SwitchFree) && a.Free() && was.State == backend.StateLimited && known:
		out = append(out, Note{sp.say(textFreeAgain, "Name", nameOf(a)), capital(sp.condition(a, now))})
	}
	return out
}

// swapped tells of a swap somebody else made, and what follows from it for a
// session that waits for the limit of the account before. A login that is nobody's, or none
// at all, is told of too: Claude Code asks for a login then.
func (sp Speech) swapped(before *backend.Snapshot, s backend.Snapshot, now time.Time) (Note, bool) {
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		said := capital(sp.condition(a.At(now), now))
		if out, ok := s.Find(before.Active); ok && before.Active != "" && out.At(now).State == backend.StateLimited {
			// A session that waits at the limit notices the swap, stops waiting and
			// goes on at the next prompt.
			said += "\n" + sp.say(textTypeOn)
		}
		return Note{sp.say(textIsActive, "Name", nameOf(a)), said}, true
	}
	switch s.Live.Reason {
	case backend.LiveUnknown:
		return Note{Title: sp.say(textStranger)}, true
	case backend.LiveNone, backend.LiveTombstone:
		return Note{Title: sp.say(textLoggedOut)}, true
	}
	return Note{}, false // a file being written, or damaged: the icon says so
}

// Answer is what a click that acted is answered with. p is told in its own
// words.
func (sp Speech) Answer(c Click, r backend.Result, p *backend.Problem, s backend.Snapshot, now time.Time) Note {
	if p != nil {
		return Note{Title: capital(oneLine(p.Message)), Body: capital(oneLine(p.Hint))}
	}
	key := r.To
	if c.Kind == ClickImport {
		key = r.Key
	}
	a, ok := s.Find(key)
	if !ok {
		a = backend.Account{Email: key}
	}
	name := nameOf(a)
	note := Note{Title: sp.say(textIsActive, "Name", name), Body: capital(oneLine(strings.Join(r.Notes, "; ")))}
	switch {
	case c.Kind == ClickImport:
		note.Title = sp.say(textAdded, "Name", name)
	case r.From == r.To:
		note.Title = sp.say(textStillThat, "Name", name)
	}
	if note.Body == "" && ok {
		note.Body = capital(sp.condition(a.At(now), now))
	}
	return note
}

// On says whether a switch is on.
func On(s backend.Snapshot, key string) bool {
	for _, one := range s.Settings {
		if one.Key == key {
			return one.Value == "on"
		}
	}
	return false
}

// capital begins a line as a sentence does: a problem's own words begin small,
// because other lines lead up to them.
func capital(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
