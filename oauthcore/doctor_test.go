package oauthcore_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
)

// patient is a world the doctor is called to.
type patient struct {
	*world
	env map[string]string
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{newWorld(t), map[string]string{}}
	p.swap(oauthcore.SwapRequest{To: work}) // a vault, and everything in line with it
	return p
}

func (p *patient) doctor(fix bool) []oauthcore.Finding {
	p.Helper()
	found, err := p.core.Doctor(context.Background(), oauthcore.DoctorRequest{
		Fix: fix, Home: p.home.Dir, Getenv: func(k string) string { return p.env[k] },
	})
	if err != nil {
		p.Fatal(err)
	}
	for _, f := range found {
		for _, text := range []string{f.Path, f.Message, f.Fix} {
			if strings.Contains(text, "sk-ant-") || strings.Contains(text, "\n") {
				p.Errorf("a token or more than a line in %q", text)
			}
		}
		if f.Message == "" || f.ID == "" || f.Severity == "" {
			p.Errorf("incomplete: %+v", f)
		}
	}
	return found
}

// told gives findings in short: "severity id file", or "mended id file".
func told(found []oauthcore.Finding) []string {
	out := []string{}
	for _, f := range found {
		word := string(f.Severity)
		if f.Fixed {
			word = "mended"
		}
		line := word + " " + f.ID
		if f.Path != "" {
			line += " " + filepath.Base(f.Path)
		}
		out = append(out, line)
	}
	return out
}

// tree is everything in the home: names, modes, times, bytes.
func (p *patient) tree() string {
	p.Helper()
	var out strings.Builder
	err := filepath.WalkDir(p.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&out, path, info.Mode(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			doc, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "%x\n", sha256.Sum256(doc))
		}
		return nil
	})
	if err != nil {
		p.Fatal(err)
	}
	return out.String()
}

func (p *patient) calls() (n int) {
	for _, c := range p.provider.State().Calls {
		n += c
	}
	return n
}

func (p *patient) chmod(path string, mode fs.FileMode) {
	p.Helper()
	if err := os.Chmod(path, mode); err != nil {
		p.Fatal(err)
	}
}

func (p *patient) mode(path string) fs.FileMode {
	p.Helper()
	info, err := os.Stat(path)
	if err != nil {
		p.Fatal(err)
	}
	return info.Mode().Perm()
}

// check lets the doctor look, which changes nothing, asks nobody and finds
// what is wanted; then mend, which says and leaves what is wanted.
func (p *patient) check(look, mend []string) {
	p.Helper()
	before, asked := p.tree(), p.calls()
	if got := told(p.doctor(false)); !slices.Equal(got, look) {
		p.Errorf("found    %q\nwant     %q", got, look)
	}
	if p.tree() != before {
		p.Error("looking changed something")
	}
	if p.calls() != asked {
		p.Error("looking asked the provider")
	}
	if got := told(p.doctor(true)); !slices.Equal(got, mend) {
		p.Errorf("mended   %q\nwant     %q", got, mend)
	}
	var left []string
	for _, line := range mend {
		if !strings.HasPrefix(line, "mended ") {
			left = append(left, line)
		}
	}
	if got := told(p.doctor(false)); !slices.Equal(got, append([]string{}, left...)) {
		p.Errorf("found after mending %q\nwant                %q", got, left)
	}
}

func TestNothingToMend(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"before the first change": func(*world) {},
		"after a swap":            func(w *world) { w.swap(oauthcore.SwapRequest{To: work}) },
		"after a client's refresh": func(w *world) {
			w.swap(oauthcore.SwapRequest{To: work})
			w.clientRefreshes()
		},
		"nobody logged in": func(w *world) {
			if err := os.RemoveAll(w.paths.Config); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &patient{newWorld(t), nil}
			spoil(p.world)
			before, asked := p.tree(), p.calls()
			for _, fix := range []bool{false, true} {
				if got := p.doctor(fix); len(got) != 0 {
					t.Errorf("fix %v: %+v", fix, got)
				}
			}
			if p.tree() != before || p.calls() != asked {
				t.Error("a healthy home was changed, or the provider asked")
			}
		})
	}
}

func TestDoctorCanBeCanceled(t *testing.T) {
	p := newPatient(t)
	p.chmod(p.paths.Vault(), 0o644)
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := p.core.Doctor(ctx, oauthcore.DoctorRequest{Fix: true}); err == nil {
		t.Error("no error")
	}
	if p.mode(p.paths.Vault()) != 0o644 {
		t.Error("it went on")
	}
}

// The doctor may come in the middle of other Batons' work: whatever it takes
// that for, nothing is lost and nobody is stopped.
func TestDoctorBesideSwaps(t *testing.T) {
	p := newPatient(t)
	other := p.newCore(files.OS{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 8 {
			if _, err := other.Swap(t.Context(), oauthcore.SwapRequest{To: []string{personal, work}[i%2]}); err != nil {
				t.Errorf("swap: %v", err)
			}
			if _, err := other.Refresh(t.Context(), []string{work, personal}[i%2]); err != nil {
				t.Errorf("refresh: %v", err)
			}
		}
	}()
	for fix := false; ; fix = !fix {
		for _, f := range p.doctor(fix) {
			if f.ID == "damaged" || f.ID == "unreadable" || f.ID == "dead_lock" || f.ID == "stale_lock" {
				t.Errorf("%+v", f)
			}
		}
		select {
		case <-done:
			if got := told(p.doctor(false)); len(got) > 0 {
				t.Errorf("left %q", got)
			}
			p.live(work)
			p.kept(personal, work, side, lab, night)
			p.private()
			return
		default:
		}
	}
}
