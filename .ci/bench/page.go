package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"time"

	"baton/app/backend"
	"baton/app/demo"
	"baton/app/local"
	"baton/app/web/server"
	"baton/oauthcore/providertest"

	"github.com/chromedp/chromedp"
)

const (
	// most is how much Baton's page may take of what the bare one takes.
	most = 1.25
	// opened is how often a page is opened in one browser: the first time it has
	// nothing of it, the second the program, from then on the compiled one.
	opened = 4
	// fresh is how many browsers a page is opened in each time; only the last one
	// is kept for what comes after. A first time is disturbed more easily.
	fresh = 4
	// stay is how long a page is looked at before it is left. Chromium stores
	// compiled code once nothing more was compiled for two seconds.
	stay = 5 * time.Second
)

// loads is what one page weighs and takes.
type loads struct {
	bytes        int64
	cold, cached time.Duration
}

var errSlow = errors.New("the page takes too much beside a bare one")

// benchPages measures Baton's page and a bare one, served by the same server to
// the same browser, from the address being opened to the first frame drawn:
// with nothing stored, and with all of it stored.
func benchPages(ctx context.Context, out io.Writer, baton, bare string, runs int) error {
	b, done, err := accounts(ctx)
	if err != nil {
		return err
	}
	defer done()
	var got [2]loads
	// In turns, so that what else the machine does hits both.
	for range runs {
		for i, dir := range []string{baton, bare} {
			if err := got[i].measure(ctx, b, dir); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
		}
	}
	return tellPages(out, got[0], got[1])
}

// tellPages prints the table and fails where a ratio is more than most.
func tellPages(out io.Writer, baton, bare loads) error {
	fmt.Fprintf(out, "\n| page | program, zstd | first frame, nothing stored | first frame, stored |\n| --- | --- | --- | --- |\n")
	for _, row := range []struct {
		name string
		l    loads
	}{{"Baton, the list of accounts", baton}, {"bare Fyne, a word", bare}} {
		fmt.Fprintf(out, "| %s | %.2f MB | %s | %s |\n", row.name, float64(row.l.bytes)/1e6, ms(row.l.cold), ms(row.l.cached))
	}
	ratios := []float64{
		float64(baton.bytes) / float64(bare.bytes), float64(baton.cold) / float64(bare.cold), float64(baton.cached) / float64(bare.cached),
	}
	fmt.Fprintf(out, "| Baton / bare, %.2f at most | %.2f | %.2f | %.2f |\n", most, ratios[0], ratios[1], ratios[2])
	if slices.Max(ratios) > most {
		return errSlow
	}
	return nil
}

// accounts opens the made-up ones.
func accounts(ctx context.Context) (backend.Backend, func(), error) {
	p := providertest.NewProvider(providertest.Options{})
	if _, err := p.Start(""); err != nil {
		return nil, nil, err
	}
	home, err := demo.NewHome("", p, time.Now())
	if err != nil {
		return nil, nil, errors.Join(err, p.Close())
	}
	done := func() { _, _ = home.Close(), p.Close() } // both are thrown away
	env := home.Setenv()
	b, err := local.New(local.Config{
		Getenv: func(name string) string { return env[name] }, Home: func() (string, error) { return home.Dir, nil },
	})
	if err == nil {
		_, err = b.Do(ctx, backend.Action{Kind: backend.ActionUsage, All: true})
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return b, done, nil
}

// measure loads a page in a browser that has nothing of it stored, and again
// until it has the compiled program stored, too. The fastest run counts: the
// others were held up by something else.
func (l *loads) measure(ctx context.Context, b backend.Backend, dir string) error {
	names, err := fs.Glob(os.DirFS(dir), "*.wasm.zst")
	if err != nil || len(names) != 1 {
		return errors.Join(err, fs.ErrNotExist)
	}
	info, err := fs.Stat(os.DirFS(dir), names[0])
	if err != nil {
		return err
	}
	l.bytes = info.Size()
	for left := fresh - 1; left >= 0; left-- {
		again := 0
		if left == 0 {
			again = opened - 1
		}
		times, err := loadTimes(ctx, b, dir, again)
		if err != nil {
			return err
		}
		least(&l.cold, times[0])
		if again > 0 {
			least(&l.cached, slices.Min(times[1:]))
		}
	}
	return nil
}

func least(so *time.Duration, took time.Duration) {
	if *so == 0 || took < *so {
		*so = took
	}
}

// browser starts one with a profile of its own, as a person's is: a private
// window, or what automation calls a context, stores no compiled code.
func browser(ctx context.Context) (context.Context, func(), error) {
	options := append(
		chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"),
		chromedp.Flag("disable-gpu", false), chromedp.Flag("use-gl", "angle"),
		chromedp.Flag("use-angle", "swiftshader"), chromedp.Flag("enable-unsafe-swiftshader", true),
		chromedp.WindowSize(1000, 800),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	tab, cancel := chromedp.NewContext(ctx)
	done := func() { cancel(); end() }
	if err := chromedp.Do(tab); err != nil {
		done()
		return nil, nil, fmt.Errorf("the browser does not start: %w", err)
	}
	return tab, done, nil
}

// loadTimes opens a page in a new browser, and so many times again.
func loadTimes(ctx context.Context, b backend.Backend, dir string, again int) (times []time.Duration, err error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s, err := server.New(server.Config{Backend: b, Port: listener.Addr().(*net.TCPAddr).Port, Page: os.DirFS(dir)})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(serving, listener) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	tab, done, err := browser(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	link := s.Link()
	for {
		took, err := chromedp.Run(tab, load(link))
		if err != nil {
			return nil, err
		}
		if times = append(times, took); len(times) > again {
			break
		}
		select {
		case <-time.After(stay):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return times, chromedp.Cancel(tab)
}

// load opens a page and gives how long its first frame took.
func load(link string) chromedp.Action[time.Duration] {
	return func(ctx context.Context, t *chromedp.Target) (time.Duration, error) {
		// Off and on again: the same address with another fragment is no load.
		for _, to := range []string{"about:blank", link} {
			if _, err := chromedp.Navigate(to)(ctx, t); err != nil {
				return 0, err
			}
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			// An error is no end: between two pages there is nobody to ask.
			const ready = `performance.getEntriesByName("baton-ready").map((e) => e.startTime)[0] ?? null`
			at, err := chromedp.Evaluate[*float64](ready)(ctx, t)
			if err == nil && at != nil {
				return time.Duration(*at * float64(time.Millisecond)), nil
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return 0, errors.Join(ctx.Err(), err)
			}
		}
	}
}
