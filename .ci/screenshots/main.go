// Command screenshots takes pictures of Baton's window as people see it: every
// view of the list in views.go, dark and light, in several widths. Each is a
// real window on a display of its own, over the real core, on a throw-away home
// with made-up accounts and the built-in provider. Its clock always begins at
// the same moment, so that pictures of two versions can be compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"baton/.ci/screen"
)

// size is a window's inside, in pixels.
type size struct{ width, height int }

// sizes are the widths every view is shown in: a wide window, in which there is
// room for all that can be pressed, a usual one, a half and a narrow one.
func sizes() []size { return []size{{1600, 900}, {1080, 640}, {720, 860}, {420, 860}} }

// variants are the themes, as Fyne calls them.
func variants() []string { return []string{"dark", "light"} }

// forReadme are the pictures the README shows, and their names there.
func forReadme() map[string]string {
	return map[string]string{
		"accounts-dark-1080":     "window-dark",
		"accounts-light-1080":    "window-light",
		"accounts-dark-420":      "window-narrow",
		"availability-dark-1080": "availability-dark",
	}
}

func main() {
	out := flag.String("out", "build/screenshots", "the folder for the pictures")
	readme := flag.Bool("readme", false, "copy those the README shows to docs/images")
	only := flag.String("only", "", "take pictures of this view alone")
	stage := flag.String("stage", "", "be the window of this view (what this program starts itself with)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := func() error {
		if *stage != "" {
			return play(ctx, *stage)
		}
		if err := shootAll(ctx, *out, *only); err != nil || !*readme {
			return err
		}
		return copyReadme(*out, filepath.Join("docs", "images"))
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// shootAll takes all pictures on one display.
func shootAll(ctx context.Context, out, only string) (err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	widest := sizes()[0]
	s, err := screen.Open(ctx, widest.width+100, widest.height+100)
	if err != nil {
		return err
	}
	defer func() {
		if closed := s.Close(); err == nil {
			err = closed
		}
	}()
	taken := 0
	for _, v := range views() {
		for _, variant := range variants() {
			if only != "" && only != v.name {
				continue
			}
			n, err := v.shoot(ctx, s, variant, out)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", v.name, variant, err)
			}
			taken += n
		}
	}
	if taken == 0 {
		return fmt.Errorf("there is no view %q", only)
	}
	fmt.Printf("%d pictures in %s\n", taken, out)
	return nil
}

// copyReadme copies the pictures the README shows.
func copyReadme(from, to string) error {
	for name, as := range forReadme() {
		if err := copyFile(filepath.Join(from, name+".png"), filepath.Join(to, as+".png")); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
