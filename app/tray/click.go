//go:build cgo && !js

package tray

import "baton/app/backend"

// click does what an item stands for.
func (t *Tray) click(c Click) {
	if t.stopped.Load() {
		return
	}
	switch c.Kind {
	case ClickSwap:
		doing := t.speech.say(textSwappingNext)
		if a, ok := t.snap.Find(c.Key); ok && c.Key != "" {
			doing = t.speech.say(textSwapping, "Name", nameOf(a))
		}
		t.do(c, backend.Action{Kind: backend.ActionSwap, Key: c.Key}, doing)
	case ClickImport:
		t.do(c, backend.Action{Kind: backend.ActionImport}, t.speech.say(textImporting))
	case ClickLogIn:
		t.open()
		t.view.LogIn(c.Key)
	case ClickAdd:
		t.open()
		t.view.Add()
	case ClickOpen:
		t.open()
	case ClickQuit:
		t.quit()
	}
}

// quit ends Baton. From here on nothing is shown: the toolkit takes its tray
// down first.
func (t *Tray) quit() {
	t.stopped.Store(true)
	t.app.Quit()
}

// open brings the window up.
func (t *Tray) open() {
	t.end.hidden = false
	t.win.Show()
	t.win.RequestFocus()
}

// do carries out an action, off the UI goroutine, and answers with a
// notification. One runs at a time: what is clicked twice happens once.
func (t *Tray) do(c Click, a backend.Action, doing string) {
	if t.doing != "" {
		return
	}
	t.doing, t.ended = doing, make(chan struct{})
	t.show()
	ended := t.ended
	go func() {
		defer close(ended)
		r, err := t.cfg.Backend.Do(t.ctx, a)
		p := backend.AsProblem(err)
		if p != nil {
			t.cfg.Logger.Info("an action was refused", "kind", string(a.Kind), "code", string(p.Code))
		}
		t.ui(func() {
			t.retake() // with the action under way, so that its outcome is no news
			t.doing = ""
			if t.stopped.Load() {
				return
			}
			t.show()
			if p != nil {
				said := *p
				said.Message, said.Hint = t.view.Words(p)
				p = &said
			}
			t.tell(t.speech.Answer(c, r, p, *t.snap, t.cfg.Now()))
		})
	}()
}
