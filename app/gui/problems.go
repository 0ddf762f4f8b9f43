//go:build cgo || js

package gui

import "baton/app/backend"

// problemWords is a problem's line and next step in the language spoken. The
// backend's own are English and more exact; another language says what the code
// means, where the code says enough.
func problemWords(p *backend.Problem) (message, hint string) {
	if p.Code == backend.ProblemRefused {
		// The provider's own words are in the message, in no other language.
		return p.Message, tr(textProblemRefusedHint, "Refresh", tr(textRefresh))
	}
	k, ok := problemKeys(p.Code)
	if ok && (p.Message == "" || speaking() != langEnglish) {
		return tr(k[0]), tr(k[1])
	}
	return p.Message, p.Hint
}

// waitWords says what an action waits for, in the language spoken.
func waitWords(w backend.Wait) string {
	k, ok := map[backend.Wait]key{
		backend.WaitKeyring:  textWaitKeyring,
		backend.WaitClient:   textWaitClient,
		backend.WaitLock:     textWaitLock,
		backend.WaitProvider: textWaitProvider,
		backend.WaitProfile:  textWaitProfile,
		backend.WaitOwner:    textWaitOwner,
		backend.WaitRevoke:   textWaitRevoke,
		backend.WaitUsage:    textWaitUsage,
		backend.WaitBrowser:  textWaitBrowser,
	}[w]
	if !ok {
		return w.String()
	}
	return tr(k)
}

// problemKeys are the texts for a code, for the codes that leave nothing to
// add. A damaged file, for one, needs its name.
func problemKeys(c backend.ProblemCode) (k [2]key, ok bool) {
	switch c {
	case backend.ProblemNeedsLogin:
		k = [2]key{textProblemNeedsLogin, textProblemNeedsLoginHint}
	case backend.ProblemOffline:
		k = [2]key{textProblemOffline, textProblemOfflineHint}
	case backend.ProblemUnsure:
		k = [2]key{textProblemUnsure, textProblemUnsureHint}
	case backend.ProblemPaused:
		k = [2]key{textProblemPaused, textProblemPausedHint}
	case backend.ProblemBusy:
		k = [2]key{textProblemBusy, textProblemBusyHint}
	case backend.ProblemUnknownLive:
		k = [2]key{textProblemUnknown, textProblemUnknownHint}
	case backend.ProblemNoOther:
		k = [2]key{textProblemNoOther, textProblemNoOtherHint}
	case backend.ProblemAllLimited:
		k = [2]key{textProblemAllLimited, textProblemAllLimitedHint}
	default:
		return k, false
	}
	return k, true
}

// Words are a problem's line and next step in the language the window speaks,
// for what is outside it. It belongs on the UI goroutine.
func (v *View) Words(p *backend.Problem) (message, hint string) { return problemWords(p) }

// Language is the code of the language the window speaks. It belongs on the UI
// goroutine.
func (v *View) Language() string { return string(speaking()) }
