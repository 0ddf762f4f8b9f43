//go:build cgo || js

package gui

import (
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// showRename asks for an account's label.
func (v *View) showRename(key string) {
	a, ok := v.snap.Find(key)
	if !ok {
		return
	}
	s := v.openSheet(tr(textRenameTitle))
	name := s.newField()
	name.SetText(a.Label)
	name.SetPlaceHolder(v.prefs.hide.over(a.Email))
	save := func() {
		s.close()
		if label := strings.TrimSpace(name.Text); label != a.Label {
			v.do(key, backend.Action{Kind: backend.ActionRename, Key: key, Label: label})
		}
	}
	name.OnSubmitted = func(string) { save() }
	s.fill(name, []fyne.CanvasObject{name, paragraph(tr(textRenameHint), widget.LowImportance)},
		widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, s.close),
		widgets.NewButton(tr(textSave), widgets.ButtonAccent, save))
}

// showLimit asks until when an account is to be left out.
func (v *View) showLimit(key string) {
	a, ok := v.snap.Find(key)
	if !ok {
		return
	}
	s := v.openSheet(tr(textLimitTitle))
	when := s.newField()
	when.SetPlaceHolder(tr(textLimitExample))
	hint := paragraph(tr(textLimitHint), widget.LowImportance)
	send := func(until time.Time) {
		s.close()
		v.do(key, backend.Action{Kind: backend.ActionLimit, Key: key, Until: until})
	}
	set := func() {
		until, err := parseUntil(when.Text, v.cfg.Now())
		if err != nil {
			hint.Importance = widget.DangerImportance
			said := textLimitBad
			if errors.Is(err, errPast) {
				said = textLimitPast
			}
			hint.SetText(tr(said))
			return
		}
		send(until)
	}
	when.OnSubmitted = func(string) { set() }
	presets := container.New(&flow{width: s.room})
	for _, p := range limitPresets(a, v.cfg.Now()) {
		b := widgets.NewButton(p.words, widgets.ButtonQuiet, func() { send(p.until) })
		s.escapable(b)
		presets.Add(b)
	}
	s.fill(when, []fyne.CanvasObject{presets, when, hint},
		widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, s.close),
		widgets.NewButton(tr(textSet), widgets.ButtonAccent, set))
}

type preset struct {
	words string
	until time.Time
}

// limitPresets are the moments people mostly mean: when the window they are in
// resets, or else round spans.
func limitPresets(a backend.Account, now time.Time) []preset {
	presets := []preset{{tr(textOneHour), now.Add(time.Hour)}, {tr(textFiveHoursLong), now.Add(fiveHours)}}
	if a.Usage != nil && a.Usage.FiveHour != nil && a.Usage.FiveHour.ResetsAt.After(now) {
		at := a.Usage.FiveHour.ResetsAt
		presets[1] = preset{tr(textResets, "At", clock(at, now)), at}
	}
	tomorrow, _ := timeOfDay("09:00", now, 1)
	return append(presets, preset{tr(textUntilTomorrow), tomorrow})
}

// showRemove asks whether to forget an account, and says what that means.
func (v *View) showRemove(key string) {
	a, ok := v.snap.Find(key)
	if !ok {
		return
	}
	about := textRemoveAbout
	if a.Active {
		about = textRemoveActive
	}
	s := v.openSheet(tr(textRemoveTitle, "Name", v.prefs.hide.over(a.Name())))
	revoke := widget.NewCheck(tr(textRevoke), nil)
	keep := widgets.NewButton(tr(textCancel), widgets.ButtonQuiet, s.close)
	s.fill(keep, []fyne.CanvasObject{paragraph(tr(about), widget.MediumImportance), revoke}, keep,
		widgets.NewButton(tr(textRemoveYes), widgets.ButtonDanger, func() {
			s.close()
			v.do(key, backend.Action{Kind: backend.ActionRemove, Key: key, Revoke: revoke.Checked, Yes: true})
		}))
}

// showDetails shows a problem in full, where the card had to cut it.
func (v *View) showDetails(key string) {
	e := v.entries[key]
	if e == nil {
		return
	}
	p := e.account.Problem
	if e.problem != nil {
		p = e.problem.Problem
	}
	if p == nil {
		return
	}
	hidden := v.prefs.hide
	s := v.openSheet(hidden.over(e.account.Name()))
	done := widgets.NewButton(tr(textClose), widgets.ButtonQuiet, s.close)
	said, next := problemWords(p)
	message := paragraph(hidden.over(said), widget.MediumImportance)
	message.Selectable = true
	rows := []fyne.CanvasObject{message}
	if next != "" {
		hint := paragraph(hidden.over(next), widget.LowImportance)
		hint.Selectable = true
		rows = append(rows, hint)
	}
	if said != p.Message {
		own := paragraph(hidden.over(tr(textOriginal, "Words", p.Message)), widget.LowImportance)
		own.Selectable = true
		rows = append(rows, own)
	}
	s.fill(done, rows, done)
}
