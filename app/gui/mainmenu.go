//go:build cgo || js

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"baton/widgets"
)

// mainItems is the menu of the whole window.
func (v *View) mainItems() []*fyne.MenuItem {
	usage := fyne.NewMenuItem(tr(textUsageAll), v.checkUsageOfAll)
	usage.Disabled = v.asking || len(v.snap.Accounts) == 0
	hide := fyne.NewMenuItem(tr(textHideEmails), func() {
		v.prefer(func(p *prefs) { p.hide = !p.hide })
	})
	hide.Checked = bool(v.prefs.hide)
	settings := fyne.NewMenuItem(tr(textSettingsMenu), v.showSettings)
	items := []*fyne.MenuItem{
		usage, hide, fyne.NewMenuItemSeparator(), settings,
		fyne.NewMenuItem(tr(textKeys), v.showKeys),
		fyne.NewMenuItem(tr(textAbout), v.showAbout),
	}
	if fyne.CurrentDevice().IsBrowser() {
		return items
	}
	quit := fyne.NewMenuItem(tr(textQuit), v.quit)
	return append(items, fyne.NewMenuItemSeparator(), quit)
}

// licence is what Baton may be used under.
const licence = "MIT"

// showAbout says what this is, and where things are.
func (v *View) showAbout() {
	s := v.openSheet(tr(textAbout))
	done := widgets.NewButton(tr(textClose), widgets.ButtonQuiet, s.close)
	rows := []fyne.CanvasObject{
		paragraph(tr(textAboutText), widget.MediumImportance),
		paragraph(tr(textAboutTerms), widget.LowImportance),
	}
	facts := ""
	if v.cfg.Version != "" {
		facts = tr(textVersion, "Version", v.cfg.Version) + "\n"
	}
	facts += tr(textLicence, "Name", licence)
	if v.cfg.Folder != "" {
		facts += "\n" + tr(textFiles, "Path", v.cfg.Folder)
	}
	about := paragraph(facts, widget.MediumImportance)
	about.Selectable = true
	rows = append(rows, about)
	if len(v.cfg.Links) > 0 {
		links := container.NewHBox()
		for _, one := range v.cfg.Links {
			links.Add(widgets.NewLink(one.Title, widgets.ToneAccent, func() { v.openLink(one.Address) }))
		}
		rows = append(rows, container.New(layout.NewCustomPaddedLayout(0, 0, 8, 0), links))
	}
	s.fill(done, rows, done)
}

// openLink hands an address to the browser, which may block.
func (v *View) openLink(to string) {
	if open := v.cfg.OpenURL; open != nil {
		go func() {
			if err := open(to); err != nil {
				v.cfg.Logger.Info("the browser could not be opened", "error", err)
			}
		}()
	}
}

// showKeys lists what can be done without a mouse.
func (v *View) showKeys() {
	ctrl, alt, shift := tr(textKeyCtrl), tr(textKeyAlt), tr(textKeyShift)
	if fyne.KeyModifierShortcutDefault == fyne.KeyModifierSuper {
		ctrl = "⌘"
	}
	s := v.openSheet(tr(textKeys))
	grid := container.New(layout.NewFormLayout())
	for _, row := range []struct {
		keys string
		does key
	}{
		{tr(textKeyArrows), textKeysStep},
		{alt + " " + tr(textKeyArrows), textKeysMove},
		{tr(textKeyEnter), textKeysPress},
		{shift + " F10", textKeysMenu},
		{ctrl + " 1 … 9", textKeysNth},
		{ctrl + " Z", textKeysUndo},
		{ctrl + " N", textKeysAdd},
		{ctrl + " F", textKeysFind},
		{ctrl + " R", textKeysRefresh},
		{ctrl + " ,", textKeysSettings},
		{tr(textKeyEsc), textKeysLeave},
		{ctrl + " Q", textKeysQuit},
	} {
		k := widget.NewLabel(row.keys)
		k.TextStyle.Bold = true
		does := paragraph(tr(row.does), widget.MediumImportance)
		grid.Add(k)
		grid.Add(does)
	}
	done := widgets.NewButton(tr(textClose), widgets.ButtonQuiet, s.close)
	s.fill(done, []fyne.CanvasObject{grid}, done)
}
