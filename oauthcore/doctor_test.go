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
	"baton/oauthcore/doctor"
	"baton/oauthcore/files"
)

// patient is a world the doctor examines.
type patient struct {
	*world
	env   map[string]string
	setup doctor.Setup
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := patientOf(newWorld(t))
	p.swap(oauthcore.SwapRequest{To: work}) // a vault, and everything in line with it
	return p
}

func patientOf(w *world) *patient { return &patient{world: w, env: map[string]string{}} }

// doctor examines a world, and checks what holds of every finding.
func (w *world) doctor(req doctor.Request) []doctor.Finding {
	w.Helper()
	return patientOf(w).examine(req)
}

func (p *patient) doctor(fix bool) []doctor.Finding {
	p.Helper()
	return p.examine(doctor.Request{Fix: fix, Home: p.home.Dir, Lookup: lookupIn(p.env)})
}

func (p *patient) examine(req doctor.Request) []doctor.Finding {
	p.Helper()
	found, err := doctor.New(p.core, p.setup).Examine(context.Background(), req)
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

// summary gives findings in short: "severity id file", or "fixed id file".
func summary(found []doctor.Finding) []string {
	out := []string{}
	for _, f := range found {
		word := string(f.Severity)
		if f.Fixed {
			word = "fixed"
		}
		line := word + " " + f.ID
		if f.Path != "" {
			line += " " + filepath.Base(f.Path)
		}
		out = append(out, line)
	}
	return out
}

// tree is everything in the home: names, modes, bytes, and the times of files. The
// time of a directory changes where the doctor tries to make a file in it.
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
		fmt.Fprintln(&out, path, info.Mode())
		if info.Mode().IsRegular() {
			fmt.Fprintln(&out, info.ModTime().UnixNano())
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

// check has the doctor look, which changes nothing, does not ask the provider and
// finds what is wanted; then fix, which reports and leaves what is wanted.
func (p *patient) check(look, fix []string) {
	p.Helper()
	before, asked := p.tree(), p.calls()
	if got := summary(p.doctor(false)); !slices.Equal(got, look) {
		p.Errorf("found    %q\nwant     %q", got, look)
	}
	if p.tree() != before {
		p.Error("looking changed something")
	}
	if p.calls() != asked {
		p.Error("looking asked the provider")
	}
	if got := summary(p.doctor(true)); !slices.Equal(got, fix) {
		p.Errorf("fixed   %q\nwant     %q", got, fix)
	}
	var left []string
	for _, line := range fix {
		if !strings.HasPrefix(line, "fixed ") {
			left = append(left, line)
		}
	}
	if got := summary(p.doctor(false)); !slices.Equal(got, append([]string{}, left...)) {
		p.Errorf("found after fixing %q\nwant                %q", got, left)
	}
}

func TestDoctorFindsNothing(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"before the first change": func(*world) {},
		"after a swap":            func(w *world) { w.swap(oauthcore.SwapRequest{To: work}) },
		"after a client's refresh": func(w *world) {
			w.swap(oauthcore.SwapRequest{To: work})
			w.clientRefreshes()
		},
		"not logged in": func(w *world) {
			if err := os.RemoveAll(w.paths.Config); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := patientOf(newWorld(t))
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
	if _, err := doctor.New(p.core, nil).Examine(ctx, doctor.Request{Fix: true}); err == nil {
		t.Error("no error")
	}
	if p.mode(p.paths.Vault()) != 0o644 {
		t.Error("it went on")
	}
}

// The doctor may run while other Batons work: whatever it takes that for, nothing
// is lost and no operation fails.
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
			if got := summary(p.doctor(false)); len(got) > 0 {
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
