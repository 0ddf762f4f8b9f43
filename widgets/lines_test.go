package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestLinesMarkup(t *testing.T) {
	test.ApplyTheme(t, NewTheme(ModeLight))
	head := NewHeadLine(HeadView{Title: "Personal", Detail: "39% of its 5 hours left · resets 15:01", Next: "Next: Work, 92% left"})
	foot := NewFootLine(FootView{Left: "3 of 5 accounts free now", Right: "Swapped from Work to Personal 12 min ago", Link: "Undo"})
	banner := NewBanner(BannerView{Message: "the pool file does not parse", Hint: "put back a copy, then look again", Tone: ToneBad, Action: "Look again"})
	for name, o := range map[string]Card{"head": head, "foot": foot, "banner": banner} {
		for at, width := range map[string]float32{"wide": 1000, "narrow": 400} {
			w := test.NewTempWindow(t, o)
			w.SetPadded(false)
			w.Resize(fyne.NewSize(width, o.HeightFor(width)))
			test.AssertRendersToMarkup(t, name+"_"+at+".xml", w.Canvas())
		}
	}
}

func TestHeightsFollowTheWords(t *testing.T) {
	head := NewHeadLine(HeadView{Title: "Personal"})
	bare := head.HeightFor(400)
	head.SetView(HeadView{Title: "Personal", Detail: "39% left", Next: "Next: Work"})
	if head.HeightFor(400) <= bare || head.HeightFor(1000) != headRow {
		t.Error("a head line's height does not follow its words")
	}
	foot := NewFootLine(FootView{Left: "3 of 5"})
	bare = foot.HeightFor(400)
	foot.SetView(FootView{Left: "3 of 5", Right: "Swapped from Work to Personal 12 min ago", More: "2 sessions follow at their next prompt"})
	if foot.HeightFor(400) <= bare || foot.HeightFor(1000) != bare {
		t.Error("a foot line's height does not follow its words")
	}
	short, long := NewBanner(BannerView{Message: "short"}), NewBanner(BannerView{Message: "the account pool could not be read because a member has the wrong type", Hint: "move the file away and start again"})
	if short.HeightFor(300) >= long.HeightFor(300) || long.HeightFor(300) <= long.HeightFor(1200) {
		t.Error("a banner's height does not follow its words")
	}
}

func TestLinesReportGestures(t *testing.T) {
	var got []string
	foot := NewFootLine(FootView{Link: "Undo"})
	foot.OnLink = func() { got = append(got, "undo") }
	test.Tap(foot.link)
	banner := NewBanner(BannerView{Action: "Add it"})
	banner.OnAction = func() { got = append(got, "add") }
	test.Tap(banner.button)
	banner.SetView(BannerView{Action: "Add it", Off: true})
	test.Tap(banner.button)
	if len(got) != 2 || got[0] != "undo" || got[1] != "add" {
		t.Errorf("gestures %q", got)
	}
}
