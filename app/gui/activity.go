//go:build cgo || js

package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baton/app/backend"
	"baton/widgets"
)

// activityPane is the tab with what was done lately.
type activityPane struct {
	v     *View
	box   *fyne.Container
	list  *widgets.CardList
	none  *widget.Label
	rows  []*widgets.Deed
	shown []widgets.DeedView
}

var _ pane = (*activityPane)(nil)

func newActivityPane(v *View) *activityPane {
	p := &activityPane{
		v:    v,
		list: widgets.NewCardListUpTo(760),
		none: widget.NewLabelWithStyle(tr(textNothingDone), fyne.TextAlignCenter, fyne.TextStyle{}),
	}
	p.box = container.NewStack(p.list, container.NewCenter(p.none))
	return p
}

func (p *activityPane) content() fyne.CanvasObject { return p.box }

// show implements pane.
func (p *activityPane) show(s backend.Snapshot, now time.Time, filter string) {
	views := deedViews(s, now, filter, p.v.prefs.hide)
	setVisible(p.none, len(views) == 0)
	setVisible(p.list, len(views) > 0)
	same := len(views) == len(p.shown)
	for i := 0; same && i < len(views); i++ {
		same = views[i] == p.shown[i]
	}
	if same {
		return
	}
	p.shown = views
	for len(p.rows) < len(views) {
		p.rows = append(p.rows, widgets.NewDeed(widgets.DeedView{}))
	}
	cards := make([]widgets.Card, len(views))
	for i, v := range views {
		p.rows[i].SetView(v)
		cards[i] = p.rows[i]
	}
	p.list.SetCards(cards)
	p.list.Relayout()
}

// holds implements pane: "today" ends at midnight.
func (p *activityPane) holds(_ backend.Snapshot, now time.Time) time.Duration {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).Sub(now)
}

// deedViews are the rows, the newest first, a day's name above its first one.
func deedViews(s backend.Snapshot, now time.Time, filter string, hide veil) []widgets.DeedView {
	var out []widgets.DeedView
	day := time.Time{}
	for _, d := range s.Deeds {
		v, ok := deedView(s, d, now)
		if !ok || filter != "" && !matches(strings.ToLower(v.Text+"\n"+v.More), filter) {
			continue
		}
		if this := backend.Day(d.At.In(now.Location())); !this.Equal(day) {
			day = this
			v.Head = dayName(d.At.In(now.Location()), now)
		}
		v.Text, v.More = hide.over(v.Text), hide.over(v.More)
		out = append(out, v)
	}
	return out
}

// deedView says one deed in a sentence; false for a kind nobody wants to read of.
func deedView(s backend.Snapshot, d backend.Deed, now time.Time) (widgets.DeedView, bool) {
	name := func(key string) string {
		if a, ok := s.Find(key); ok {
			return a.Name()
		}
		return key
	}
	v := widgets.DeedView{When: d.At.In(now.Location()).Format("15:04"), Tone: widgets.ToneMuted}
	who := name(d.Key)
	switch d.Kind {
	case backend.DeedSwapped:
		v.Text, v.Tone = tr(textDidSwap, "From", name(d.From), "To", who), widgets.ToneAccent
		if d.From == "" {
			v.Text = tr(textDidActivate, "Name", who)
		}
	case backend.DeedActive:
		v.Text, v.Tone = tr(textDidActive, "Name", who), widgets.ToneAccent
	case backend.DeedRefreshed:
		v.Text, v.Tone = tr(textDidRefresh, "Name", who), widgets.ToneGood
	case backend.DeedRefused:
		v.Text, v.Tone, v.More = tr(textDidRefuse, "Name", who), widgets.ToneBad, d.Text
	case backend.DeedUnsure:
		v.Text, v.Tone, v.More = tr(textDidUnsure, "Name", who), widgets.ToneWarn, d.Text
	case backend.DeedDoubted:
		v.Text, v.Tone = tr(textDidDoubt, "Name", who), widgets.ToneWarn
	case backend.DeedLimited:
		v.Text, v.Tone = tr(textDidLimit, "Name", who), widgets.ToneBad
	case backend.DeedAdded:
		v.Text, v.Tone = tr(textDidAdd, "Name", who), widgets.ToneGood
	case backend.DeedAdopted:
		v.Text, v.More = tr(textDidAdopt, "Name", who), d.Text
	case backend.DeedRepaired:
		v.Text, v.More = tr(textDidRepair, "Name", who), d.Text
	case backend.DeedRemoved:
		v.Text = tr(textDidRemove, "Name", who)
	case backend.DeedSetAside:
		v.Text, v.Tone, v.More = tr(textDidSetAside), widgets.ToneWarn, d.Text
	default:
		return v, false
	}
	return v, true
}

// dayName is "Today", "Yesterday", or the date.
func dayName(t, now time.Time) string {
	switch backend.Day(now).Sub(backend.Day(t)) {
	case 0:
		return tr(textToday)
	case 24 * time.Hour:
		return tr(textYesterday)
	}
	return weekday(t) + ", " + tr(textDayDate, "D", t.Day(), "Month", word(textMonths, int(t.Month())-1))
}
