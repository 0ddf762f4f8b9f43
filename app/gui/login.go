//go:build cgo || js

package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// loginSheet is one login, from the choice of the way to its end. Closing the
// sheet ends the login.
type loginSheet struct {
	v      *View
	s      *sheet
	ctx    context.Context
	cancel context.CancelFunc
	email  string // hint for the provider, "" for any account
	mode   backend.LoginMode
	flow   backend.LoginFlow
	note   *widget.Label
}

// Add opens the sheet that offers the ways to add an account. It belongs on the
// UI goroutine.
func (v *View) Add() { v.showAdd() }

// LogIn starts a browser login for an account that is there. It belongs on the
// UI goroutine.
func (v *View) LogIn(key string) { v.logInAgain(key) }

// showAdd offers the ways to add an account.
func (v *View) showAdd() {
	l := v.newLogin(textAdd, "")
	way := func(title, about string, kind widgets.ButtonKind, do func()) (*widgets.Button, fyne.CanvasObject) {
		b := widgets.NewButton(title, kind, do)
		l.s.escapable(b)
		return b, container.NewVBox(b, words(about, widget.LowImportance))
	}
	first, browser := way(textBrowser, textBrowserHint, widgets.ButtonAccent, func() { l.start(backend.LoginMode{}) })
	_, paste := way(textPaste, textPasteHint, widgets.ButtonQuiet, func() { l.start(backend.LoginMode{Paste: true}) })
	_, take := way(textImport, textImportHint, widgets.ButtonQuiet, l.importLive)
	l.s.fill(first, []fyne.CanvasObject{browser, paste, take},
		widgets.NewButton(textCancel, widgets.ButtonQuiet, l.s.close))
}

// logInAgain starts a browser login for an account that is there already.
func (v *View) logInAgain(key string) {
	a, ok := v.snap.Find(key)
	if !ok {
		return
	}
	v.newLogin(textLogIn+": "+a.Name(), a.Email).start(backend.LoginMode{})
}

func (v *View) newLogin(title, email string) *loginSheet {
	l := &loginSheet{v: v, email: email}
	l.s = v.openSheet(title)
	l.ctx, l.cancel = context.WithCancel(v.ctx)
	l.s.onGone = l.end
	v.login = l
	return l
}

// end frees the login's listener, whatever it came to.
func (l *loginSheet) end() {
	l.cancel()
	if l.flow != nil {
		l.flow.Cancel()
	}
	if l.v.login == l {
		l.v.login = nil
	}
}

// alive says whether what a goroutine brings still concerns anyone.
func (l *loginSheet) alive() bool { return l.ctx.Err() == nil && !l.v.stopped }

func (l *loginSheet) start(m backend.LoginMode) {
	m.Email = l.email
	m.Open = l.v.cfg.OpenURL == nil && !m.Paste
	l.mode = m
	l.wait(textStarting)
	go func() {
		flow, err := l.v.cfg.Backend.Login(l.ctx, m)
		l.v.ui(func() {
			if err != nil {
				l.fail(backend.AsProblem(err))
				return
			}
			if !l.alive() {
				go flow.Cancel()
				return
			}
			l.flow = flow
			l.started()
		})
	}()
}

// started shows the address and waits for the login's end.
func (l *loginSheet) started() {
	if l.mode.Paste {
		l.showPaste()
	} else {
		l.showBrowser()
		l.open()
	}
	flow := l.flow
	go func() {
		r, err := flow.Wait(l.ctx)
		l.v.ui(func() {
			if p := backend.AsProblem(err); p != nil {
				l.fail(p)
				return
			}
			l.succeed(r)
		})
	}()
}

// open hands the address to the browser. It may block, so not here.
func (l *loginSheet) open() {
	address, open := l.flow.URL(), l.v.cfg.OpenURL
	if address == "" || open == nil {
		return
	}
	note := l.note
	go func() {
		if err := open(address); err != nil {
			l.v.ui(func() {
				if l.alive() && l.note == note {
					l.complain(textOpenFailed)
				}
			})
		}
	}()
}

func (l *loginSheet) complain(s string) {
	l.note.Importance = widget.WarningImportance
	l.note.SetText(s)
}

func (l *loginSheet) showBrowser() {
	said := textWaiting
	if l.mode.ViaClaude {
		said = textWaitingClaude
	}
	l.note = words(said, widget.MediumImportance)
	stop := widgets.NewButton(textCancel, widgets.ButtonQuiet, l.s.close)
	buttons := []*widgets.Button{stop}
	rows := []fyne.CanvasObject{l.note}
	if l.flow.URL() != "" {
		rows = append(rows, l.address())
		buttons = append(buttons, l.copyButton())
		if l.v.cfg.OpenURL != nil {
			buttons = append(buttons, widgets.NewButton(textOpenAgain, widgets.ButtonQuiet, l.open))
		}
	}
	l.s.fill(stop, rows, buttons...)
}

func (l *loginSheet) showPaste() {
	l.note = words(textWaitingPaste, widget.MediumImportance)
	code := l.s.newField()
	code.SetPlaceHolder(textCode)
	finish := func() { l.paste(code.Text) }
	code.OnSubmitted = func(string) { finish() }
	buttons := []*widgets.Button{
		widgets.NewButton(textCancel, widgets.ButtonQuiet, l.s.close), l.copyButton(),
	}
	if l.v.cfg.OpenURL != nil {
		buttons = append(buttons, widgets.NewButton(textOpen, widgets.ButtonQuiet, l.open))
	}
	buttons = append(buttons, widgets.NewButton(textFinish, widgets.ButtonAccent, finish))
	l.s.fill(code, []fyne.CanvasObject{l.note, l.address(), code}, buttons...)
}

// address shows the whole address, so that it can be read out, or typed.
func (l *loginSheet) address() fyne.CanvasObject {
	a := widget.NewLabel(l.flow.URL())
	a.Wrapping = fyne.TextWrapBreak
	a.Selectable = true
	a.Importance = widget.LowImportance
	box := container.NewVScroll(a)
	box.SetMinSize(fyne.NewSize(100, 76))
	return box
}

func (l *loginSheet) copyButton() *widgets.Button {
	var b *widgets.Button
	b = widgets.NewButton(textCopy, widgets.ButtonQuiet, func() {
		l.v.app.Clipboard().SetContent(l.flow.URL())
		b.Text = textCopied
		b.Refresh()
	})
	return b
}

func (l *loginSheet) paste(code string) {
	code = strings.TrimSpace(code)
	if one, two, ok := strings.Cut(code, "#"); !ok || one == "" || two == "" {
		l.complain(textCodeShort)
		return
	}
	flow, note := l.flow, l.note
	note.Importance = widget.MediumImportance
	note.SetText(textFinishing)
	go func() {
		if p := backend.AsProblem(flow.Paste(code)); p != nil {
			l.v.ui(func() {
				if l.alive() && l.note == note {
					l.complain(p.Message)
				}
			})
		}
	}()
}

func (l *loginSheet) wait(said string) {
	stop := widgets.NewButton(textCancel, widgets.ButtonQuiet, l.s.close)
	l.s.fill(stop, []fyne.CanvasObject{words(said, widget.MediumImportance)}, stop)
}

func (l *loginSheet) importLive() {
	l.wait(textImporting)
	l.v.importLive(l.ctx, func(_ backend.Result, p *backend.Problem) {
		switch {
		case p != nil:
			l.fail(p)
		case l.alive():
			l.s.close()
		}
	})
}

// fail says what went wrong and offers to begin again.
func (l *loginSheet) fail(p *backend.Problem) {
	if !l.alive() {
		return
	}
	if p.Code == backend.ProblemCanceled {
		l.s.close()
		return
	}
	email := l.email
	again := widgets.NewButton(textTryAgain, widgets.ButtonAccent, func() {
		l.s.close()
		if email == "" {
			l.v.showAdd()
			return
		}
		l.v.newLogin(textLogIn+": "+email, email).start(backend.LoginMode{})
	})
	rows := []fyne.CanvasObject{
		words(textLoginFailed, widget.MediumImportance),
		words(p.Message, widget.DangerImportance),
	}
	if p.Hint != "" {
		rows = append(rows, words(p.Hint, widget.LowImportance))
	}
	l.s.fill(again, rows, widgets.NewButton(textClose, widgets.ButtonQuiet, l.s.close), again)
}

// succeed tells of the login even when its sheet is gone: it is saved.
func (l *loginSheet) succeed(r backend.LoginResult) {
	if l.v.stopped {
		return
	}
	l.v.retake()
	l.v.last = &happened{text: textLoggedIn(l.v.name(r.Key), r.Known, r.Live), at: l.v.cfg.Now(), more: r.Note}
	if e := l.v.entries[r.Key]; e != nil {
		e.problem = nil
	}
	l.v.show()
	if l.alive() {
		l.s.close()
	}
}
