//go:build cgo && !js

package tray

import "time"

// The preferences that remember what was said.
const (
	prefSaidNone   = "tray.said-none"
	prefSaidHidden = "tray.said-hidden"
)

// hostWait is how long a host may take: one that restarts, or comes up after
// Baton when a session begins.
const hostWait = 10 * time.Second

// closing is what decides over the window's end.
type closing struct {
	host   Host
	grace  *time.Timer // runs while no host answers
	hidden bool        // the window is, by us
}

// Answers says whether something shows Baton's icon now. It may be called from
// any goroutine.
func (t *Tray) Answers() bool { return t.end.host.Answers() }

// attachClose decides, each time the window is closed, whether it hides: only
// where the tray can bring it back.
func (t *Tray) attachClose() {
	t.end.hidden = t.cfg.Hidden
	t.win.SetCloseIntercept(t.closed)
	t.hostChanged()
}

func (t *Tray) detachClose() {
	if t.end.grace != nil {
		t.end.grace.Stop()
	}
	t.end.host.Close()
}

func (t *Tray) closed() {
	if !t.view.CloseToTray() || !t.Answers() {
		t.quit()
		return
	}
	t.win.Hide()
	t.end.hidden = true
	t.once(prefSaidHidden, Note{t.speech.say(textInTray), t.speech.say(textInTrayHint)})
}

// hostChanged looks after a window that is hidden while nothing can bring it
// back: it is shown again when no host comes in a while.
func (t *Tray) hostChanged() {
	if t.stopped.Load() {
		return
	}
	if t.end.grace != nil {
		t.end.grace.Stop()
		t.end.grace = nil
	}
	if t.Answers() {
		return
	}
	wait := hostWait
	if _, ok := t.end.host.(never); ok {
		wait = 0 // without a bus none will come
	}
	t.end.grace = time.AfterFunc(wait, func() { t.ui(t.noHost) })
}

// noHost is what follows from there being no tray: it is said, once, and the
// window is not left hidden.
func (t *Tray) noHost() {
	if t.stopped.Load() || t.Answers() {
		return
	}
	if t.end.hidden {
		t.open()
	}
	if t.once(prefSaidNone, Note{t.speech.say(textNoTray), t.speech.say(textNoTrayHint)}) {
		t.cfg.Say(Speak(english).say(textNoTray)) // a terminal is spoken to in English
	}
}

// once tells a person something one time and remembers that it did.
func (t *Tray) once(pref string, n Note) bool {
	p := t.app.Preferences()
	if p.Bool(pref) {
		return false
	}
	p.SetBool(pref, true)
	if _, ok := t.end.host.(never); !ok { // no bus, no notification
		t.tell(n)
	}
	return true
}
