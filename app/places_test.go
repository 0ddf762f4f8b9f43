//go:build linux && cgo && places

package app_test

import (
	"context"
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/.ci/screen"
)

// driven is a window that says where what can be pressed is.
type driven struct {
	*opened
	t    *testing.T
	w    *world
	file string
}

// drive opens a window to be driven by mouse and keyboard.
func drive(ctx context.Context, t *testing.T, w *world, d *screen.Screen, more ...string) *driven {
	t.Helper()
	file := filepath.Join(t.TempDir(), "places.json")
	env := append(w.onDisplay(d, "dark"), append(more, "BATON_PLACES="+file)...)
	o := &driven{opened: openIn(ctx, t, w, d, env), t: t, w: w, file: file}
	o.active(ctx, "ada@example.com")
	return o
}

// places is where everything is now, by its name.
func (o *driven) places() map[string]image.Rectangle {
	var all map[string]struct {
		Pos  struct{ X, Y float64 }
		Size struct{ Width, Height float64 }
	}
	doc, err := os.ReadFile(o.file)
	if err != nil || json.Unmarshal(doc, &all) != nil {
		return nil // it is about to be written
	}
	out := map[string]image.Rectangle{}
	for name, p := range all {
		out[name] = image.Rect(int(p.Pos.X), int(p.Pos.Y), int(p.Pos.X+p.Size.Width), int(p.Pos.Y+p.Size.Height))
	}
	return out
}

// wait waits until something holds in the window.
func (o *driven) wait(ctx context.Context, what string, holds func(map[string]image.Rectangle) bool) {
	o.t.Helper()
	if err := until(ctx, func() bool { return holds(o.places()) }); err != nil {
		o.picked(ctx, "wrong")
		o.t.Fatalf("%s: %v; there is %q\n%s", what, err, names(o.places()), o.stderr.String())
	}
}

func names(places map[string]image.Rectangle) []string {
	var out []string
	for name := range places {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// picked keeps a picture for people.
func (o *driven) picked(ctx context.Context, name string) {
	o.t.Helper()
	picture, err := o.Picture(ctx)
	if err != nil {
		o.t.Errorf("no picture of %s: %v", name, err)
		return
	}
	keep(o.t, name, picture)
}

// active waits until the window shows exactly this account as the active one:
// its card is the one without a button to swap to it.
func (o *driven) active(ctx context.Context, key string) {
	o.t.Helper()
	o.wait(ctx, key+" is not shown as the active account", func(p map[string]image.Rectangle) bool {
		var without []string
		for name := range p {
			card, ok := strings.CutPrefix(name, "card:")
			if _, there := p[name+":primary"]; ok && !strings.Contains(card, ":") && !there {
				without = append(without, card)
			}
		}
		return len(without) == 1 && without[0] == key
	})
}

// still waits until the window has drawn what was asked of it.
func (o *driven) still(ctx context.Context) {
	o.t.Helper()
	if _, err := o.Still(ctx, 2*time.Second); err != nil {
		o.t.Fatal(err)
	}
}

// press clicks on something, once it is there.
func (o *driven) press(ctx context.Context, name string) {
	o.t.Helper()
	o.wait(ctx, "nothing to press", func(p map[string]image.Rectangle) bool { _, there := p[name]; return there })
	r := o.places()[name]
	if err := o.Click(ctx, image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)); err != nil {
		o.t.Fatal(err)
	}
	o.still(ctx)
}

// typed presses keys.
func (o *driven) typed(ctx context.Context, keys ...string) {
	o.t.Helper()
	if err := o.Keys(ctx, keys...); err != nil {
		o.t.Fatal(err)
	}
	o.still(ctx)
}

// part is what one thing in the window looks like now, with the pointer
// elsewhere.
func (o *driven) part(ctx context.Context, r image.Rectangle) string {
	o.t.Helper()
	if err := o.Point(ctx, image.Pt(3, 3)); err != nil {
		o.t.Fatal(err)
	}
	picture, err := o.Still(ctx, 2*time.Second)
	if err != nil {
		o.t.Fatal(err)
	}
	var out strings.Builder
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := picture.RGBAAt(x, y)
			out.Write([]byte{c.R, c.G, c.B})
		}
	}
	return out.String()
}

// holds checks by the files who is logged in: both of Claude Code's, and what
// a command says.
func (o *driven) holds(key string) {
	o.t.Helper()
	for _, r := range o.w.home.Residents {
		if who := o.w.live(o.t); r.Key == key && who.AccountUUID != r.Person.AccountUUID {
			o.t.Errorf("the files hold the login of %s, want %s", who.AccountUUID, key)
		}
	}
	if got := o.w.active(o.t); got != key {
		o.t.Errorf("the active account is %s, want %s", got, key)
	}
}

// ends closes the window.
func (o *driven) ends(ctx context.Context) {
	o.t.Helper()
	if err := o.Close(ctx); err != nil {
		o.t.Fatal(err)
	}
	o.ended(o.t)
}
