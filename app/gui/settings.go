//go:build cgo || js

package gui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"baton/app/backend"
	"baton/widgets"
)

// settingsPage stands in place of the tabs' content until it is left.
type settingsPage struct {
	v     *View
	box   *fyne.Container
	back  *widgets.Button
	title *canvas.Text
	list  *widgets.CardList
	built []string                   // the keys of Baton's switches it was built for
	own   map[string]*widgets.Switch // Baton's switches, by key
}

// settingsWide is how wide a row of the settings gets: a switch is to be found
// beside its words.
const settingsWide float32 = 760

// scales are the sizes of text one can choose, in percent.
func scales() []int { return []int{80, 100, 125, 150, 200} }

// showSettings opens the settings, or stays there.
func (v *View) showSettings() {
	if v.settings != nil {
		return
	}
	v.settings = newSettingsPage(v)
	v.show()
	v.page.Refresh()
	v.win.Canvas().Focus(v.settings.back)
}

func newSettingsPage(v *View) *settingsPage {
	p := &settingsPage{
		v:     v,
		title: canvas.NewText(tr(textSettings), nil),
		list:  widgets.NewCardListUpTo(settingsWide),
	}
	p.title.TextStyle.Bold = true
	p.back = widgets.NewIconButton(theme.NavigateBackIcon(), tr(textBack), widgets.ButtonQuiet, v.escape)
	p.back.OnKey = p.typed
	p.box = container.New(p, p.back, p.title, p.list)
	p.build(v.snap.Settings)
	return p
}

// MinSize implements fyne.Layout.
func (p *settingsPage) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout.
func (p *settingsPage) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	side := max(widgets.Gutter(s.Width), (s.Width-settingsWide)/2)
	m := p.back.MinSize()
	place(p.back, side, headGap, m.Width, m.Height)
	p.title.TextSize = theme.TextSize() * 1.36
	p.title.Color = theme.Color(theme.ColorNameForeground)
	place(p.title, side+m.Width+12, headGap, s.Width-2*side-m.Width-12, m.Height)
	p.title.Refresh()
	y := headGap + m.Height + 8
	place(p.list, 0, y, s.Width, s.Height-y)
}

// build makes the rows: how the window looks, what it does, what Baton does.
func (p *settingsPage) build(switches []backend.Setting) {
	v := p.v
	rows := []widgets.Card{
		widgets.NewOptionRow(tr(textLook), "", false, nil),
		p.themeRow(), p.sizeRow(), p.languageRow(),
		widgets.NewOptionRow(tr(textWindow), "", false, nil),
		p.switchRow(tr(textHideEmails), tr(textHideEmailsAbout), bool(v.prefs.hide), func(on bool) {
			v.prefer(func(to *prefs) { to.hide = veil(on) })
		}),
	}
	if v.trayThere() {
		rows = append(rows, p.switchRow(tr(textCloseToTray), tr(textCloseToTrayAbout), v.prefs.toTray, func(on bool) {
			v.prefer(func(to *prefs) { to.toTray = on })
		}))
	}
	p.own, p.built = map[string]*widgets.Switch{}, settingKeys(switches)
	if len(switches) > 0 {
		rows = append(rows, widgets.NewOptionRow(tr(textSwitches), tr(textQuiet), false, nil))
	}
	for _, s := range switches {
		name, about := settingWords(s, v.snap.Elsewhere)
		row := p.switchRow(name, about, s.Value == "on", func(on bool) { p.turn(s.Key, on) })
		if one, ok := row.Control().(*widgets.Switch); ok {
			p.own[s.Key] = one
		}
		rows = append(rows, row)
	}
	p.list.SetCards(rows)
}

func settingKeys(all []backend.Setting) []string {
	keys := make([]string, len(all))
	for i, s := range all {
		keys[i] = s.Key
	}
	return keys
}

// show brings the switches in line with how they are set now.
func (p *settingsPage) show(switches []backend.Setting) {
	if !slices.Equal(p.built, settingKeys(switches)) {
		p.build(switches)
		return
	}
	for _, s := range switches {
		p.own[s.Key].SetOn(s.Value == "on")
	}
}

// turn sets one of Baton's switches; where that fails it turns back.
func (p *settingsPage) turn(key string, on bool) {
	value := "off"
	if on {
		value = "on"
	}
	p.v.quietly(backend.Action{Kind: backend.ActionConfigure, Setting: key, Value: value}, nil)
}

func (p *settingsPage) typed(k fyne.KeyName) {
	if k == fyne.KeyEscape {
		p.v.escape()
	}
}

func (p *settingsPage) switchRow(name, about string, on bool, changed func(bool)) *widgets.OptionRow {
	s := widgets.NewSwitch(name, on, changed)
	s.States = [2]string{tr(textOff), tr(textOn)}
	s.OnKey = p.typed
	row := widgets.NewOptionRow(name, about, false, s)
	s.OnFocus = func() { p.list.ScrollTo(row) }
	return row
}

func (p *settingsPage) choiceRow(name, about string, words []string, chosen int, choose func(at int)) *widgets.OptionRow {
	choices := make([]widgets.Segment, len(words))
	for i, w := range words {
		choices[i].Text = w
	}
	s := widgets.NewSegments(choices, chosen, true)
	s.OnKey = p.typed
	s.OnChosen = func(at int) {
		s.Choose(at)
		choose(at)
		p.list.Relayout()
	}
	row := widgets.NewOptionRow(name, about, false, s)
	s.OnFocus = func() { p.list.ScrollTo(row) }
	return row
}

func (p *settingsPage) themeRow() *widgets.OptionRow {
	order := []widgets.Mode{widgets.ModeSystem, widgets.ModeLight, widgets.ModeDark}
	return p.choiceRow(tr(textTheme), tr(textThemeAbout), []string{tr(textSystem), tr(textLight), tr(textDark)},
		slices.Index(order, p.v.prefs.mode), func(at int) {
			p.v.prefer(func(to *prefs) { to.mode = order[at] })
		})
}

func (p *settingsPage) sizeRow() *widgets.OptionRow {
	var words []string
	now := -1
	for i, percent := range scales() {
		words = append(words, strconv.Itoa(percent))
		if int(p.v.prefs.scale*100+0.5) == percent {
			now = i
		}
	}
	return p.choiceRow(tr(textTextSize), tr(textTextSizeAbout), words, now, func(at int) {
		p.v.prefer(func(to *prefs) { to.scale = float32(scales()[at]) / 100 })
	})
}

func (p *settingsPage) languageRow() *widgets.OptionRow {
	order := []language{langSystem, langEnglish, langGerman}
	return p.choiceRow(tr(textLanguage), tr(textLanguageAbout), []string{tr(textSystem), tr(textEnglish), tr(textGerman)},
		slices.Index(order, p.v.prefs.language), func(at int) {
			p.v.prefer(func(to *prefs) { to.language = order[at] })
		})
}

// settingWords is a switch's name and what it does. elsewhere says that this is
// not the screen of the machine Baton runs on.
func settingWords(s backend.Setting, elsewhere bool) (name, about string) {
	about = s.About
	k, known := map[string][2]key{
		"claude.setup":             {textNameSetup, textSettingSetup},
		"notify.swap":              {textNameNotifySwap, textSettingNotifySwap},
		"desktop.autostart":        {textNameAutostart, textSettingAutostart},
		"swap.auto":                {textNameAuto, textSettingAuto},
		"swap.acrossOrganizations": {textNameAcross, textSettingAcross},
		"usage.poll":               {textNamePoll, textSettingPoll},
		"keyring.mirror":           {textNameMirror, textSettingMirror},
		"notify.limit":             {textNameNotifyLimit, textSettingNotifyLimit},
		"notify.free":              {textNameNotifyFree, textSettingNotifyFree},
		"notify.login":             {textNameNotifyLogin, textSettingNotifyLogin},
		"notify.terminal":          {textNameNotifyTerminal, textSettingNotifyTerminal},
	}[s.Key]
	if !known {
		return s.Key, about
	}
	name = tr(k[0])
	if speaking() != langEnglish || about == "" {
		about = tr(k[1])
	}
	if s.Key == "keyring.mirror" && elsewhere {
		about = tr(textMirrorOnPage, "About", about)
	}
	return name, about
}
