//go:build cgo || js

package gui

import (
	"context"
	"errors"
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
	named  string // where Claude Code was told to log in for the account, "" for nowhere
	mode   backend.LoginMode
	flow   backend.LoginFlow
	note   *widget.Label
}

// Add opens the sheet that offers the ways to add an account. It belongs on the
// UI goroutine.
func (v *View) Add() { v.showAdd() }

// showAdd offers the ways to add an account.
func (v *View) showAdd() {
	l := v.newLogin(tr(textAdd), "")
	way := func(title, about string, suggested bool, do func()) (*widgets.ChoiceCard, fyne.CanvasObject) {
		c := widgets.NewChoiceCard(title, about, suggested, do)
		c.OnKey = l.s.typed
		c.OnFocus = func() { l.s.bring(c) }
		return c, l.s.high(c)
	}
	first, browser := way(tr(textBrowser), tr(textBrowserHint), true, func() { l.start(backend.LoginMode{}) })
	rows := []fyne.CanvasObject{browser}
	if !fyne.CurrentDevice().IsBrowser() {
		_, claude := way(tr(textViaClaude), tr(textViaClaudeHint), false, func() { l.start(backend.LoginMode{ViaClaude: true}) })
		rows = append(rows, claude)
	}
	_, paste := way(tr(textPaste), tr(textPasteHint), false, func() { l.start(backend.LoginMode{Paste: true}) })
	rows = append(rows, paste)
	if v.snap.Live.Present {
		about := tr(textImportHint)
		if email := v.snap.Live.Email; email != "" {
			about = tr(textImportNamed, "Email", v.prefs.hide.over(email))
		}
		_, take := way(tr(textImport), about, false, l.importLive)
		rows = append(rows, take)
	}
	l.s.fill(first, rows,
		widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, l.s.close))
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
	m.Open = l.v.cfg.OpenURL == nil && !m.Paste && !m.ViaClaude
	l.mode = m
	l.wait(tr(textStarting))
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
					l.complain(tr(textOpenFailed))
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
	said := tr(textWaiting)
	if l.mode.ViaClaude {
		said = tr(textWaitingClaude)
	}
	if l.elsewhere() {
		said = tr(textWaitingNamed)
	}
	l.note = paragraph(said, widget.MediumImportance)
	stop := widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, l.s.close)
	buttons := []*widgets.Button{stop}
	rows := []fyne.CanvasObject{l.note}
	if l.flow.URL() != "" {
		rows = append(rows, l.address())
		buttons = append(buttons, l.copyButton())
		if l.v.cfg.OpenURL != nil {
			buttons = append(buttons, widgets.NewButton(tr(textOpenAgain), widgets.ButtonQuiet, l.open))
		}
	}
	if l.elsewhere() {
		buttons = append(buttons, widgets.NewButton(tr(textThroughBaton), widgets.ButtonQuiet, l.throughBaton))
	}
	l.s.fill(stop, rows, buttons...)
}

func (l *loginSheet) showPaste() {
	l.note = paragraph(tr(textWaitingPaste), widget.MediumImportance)
	code := l.s.newField()
	code.SetPlaceHolder(tr(textCodeField))
	finish := func() { l.paste(code.Text) }
	code.OnSubmitted = func(string) { finish() }
	buttons := []*widgets.Button{
		widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, l.s.close), l.copyButton(),
	}
	if l.v.cfg.OpenURL != nil {
		buttons = append(buttons, widgets.NewButton(tr(textOpen), widgets.ButtonQuiet, l.open))
	}
	buttons = append(buttons, widgets.NewButton(tr(textFinish), widgets.ButtonAccent, finish))
	l.s.fill(code, []fyne.CanvasObject{l.note, l.address(), code}, buttons...)
}

// address shows the whole address, so that it can be read out, or typed.
func (l *loginSheet) address() fyne.CanvasObject {
	a := widget.NewLabel(l.v.prefs.hide.over(l.flow.URL()))
	a.Wrapping = fyne.TextWrapBreak
	a.Selectable = true
	a.Importance = widget.LowImportance
	box := container.NewVScroll(a)
	box.SetMinSize(fyne.NewSize(100, 76))
	return box
}

func (l *loginSheet) copyButton() *widgets.Button {
	var b *widgets.Button
	b = widgets.NewButton(tr(textCopy), widgets.ButtonQuiet, func() {
		l.v.app.Clipboard().SetContent(l.flow.URL())
		b.Text = tr(textCopied)
		b.Refresh()
	})
	return b
}

// paste hands in what the field holds. The login judges it, and says what is
// missing; it takes whole addresses too.
func (l *loginSheet) paste(code string) {
	if strings.TrimSpace(code) == "" {
		l.complain(tr(textCodeShort))
		return
	}
	flow, note := l.flow, l.note
	note.Importance = widget.MediumImportance
	note.SetText(tr(textFinishing))
	go func() {
		err := flow.Paste(code)
		if err == nil {
			return
		}
		said := backend.AsProblem(err).Message
		if errors.Is(err, backend.ErrPasteMore) {
			said = tr(textCodeShort)
		}
		l.v.ui(func() {
			if l.alive() && l.note == note {
				l.complain(said)
			}
		})
	}()
}

func (l *loginSheet) wait(said string) {
	stop := widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, l.s.close)
	l.s.fill(stop, []fyne.CanvasObject{paragraph(said, widget.MediumImportance)}, stop)
}

func (l *loginSheet) importLive() {
	l.wait(tr(textImporting))
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
	again := widgets.NewButton(tr(textTryAgain), widgets.ButtonAccent, func() {
		l.s.close()
		if email == "" {
			l.v.showAdd()
			return
		}
		l.v.newLogin(tr(textLogInNamed, "Name", l.v.prefs.hide.over(email)), email).start(backend.LoginMode{})
	})
	message, hint := problemWords(p)
	rows := []fyne.CanvasObject{
		paragraph(tr(textLoginFailed), widget.MediumImportance),
		paragraph(l.v.prefs.hide.over(message), widget.DangerImportance),
	}
	if hint != "" {
		rows = append(rows, paragraph(l.v.prefs.hide.over(hint), widget.LowImportance))
	}
	l.s.fill(again, rows, widgets.NewButton(tr(textClose), widgets.ButtonQuiet, l.s.close), again)
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
