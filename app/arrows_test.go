//go:build !js

package app_test

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// build is one of the three ways Baton is built.
type build struct {
	name string
	env  []string
}

func builds() []build {
	return []build{
		{"linux with cgo", []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1"}},
		{"linux without cgo", []string{"GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0"}},
		{"wasm", []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"}},
	}
}

// list runs go list in the module's folder and gives its lines.
func (b build) list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-tags=migrated_fynedo"}, args...)...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), append(b.env, "GOFLAGS=-mod=readonly", "GOPROXY=off")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v\n%s", args, err, stderr.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// arrow says what a package may import of ours, and what it may not reach,
// however far down. A name that ends in a slash stands for everything below.
type arrow struct {
	from  string
	ours  []string // what it may import of ours
	never []string // what it may not reach at all
}

// stdlib in never forbids everything but the standard library.
const stdlib = "anything but the standard library"

func arrows() []arrow {
	const (
		fyne    = "fyne.io/"
		keyring = "github.com/zalando/"
		browser = "github.com/pkg/browser"
		term    = "golang.org/x/term"
		cobra   = "github.com/spf13/"
		flock   = "github.com/gofrs/flock"
		strict  = "baton/oauthcore/providertest"
	)
	// core is what nothing of the core may reach, and more.
	core := func(more ...string) []string {
		return append([]string{fyne, keyring, browser, term, cobra, strict}, more...)
	}
	return []arrow{
		{from: "baton", ours: []string{"baton/app"}},
		{from: "baton/app", ours: []string{"baton/app/", "baton/widgets/", "baton/oauthcore/", "baton/keyring/", "baton/icons"}},
		{from: "baton/app/atonce", never: []string{stdlib, "net/http"}},
		{from: "baton/app/autostart", never: []string{fyne, keyring, flock, browser, cobra, term}},
		{from: "baton/app/backend", never: []string{stdlib}},
		{from: "baton/app/cli", ours: []string{"baton/app/backend"}, never: []string{fyne, keyring, flock}},
		{from: "baton/app/gui", ours: []string{"baton/app/backend", "baton/widgets", "baton/icons"}, never: []string{"baton/oauthcore/", "baton/keyring/", keyring, flock, cobra}},
		{from: "baton/app/demo", ours: []string{"baton/oauthcore/providertest"}, never: []string{fyne, keyring, flock, browser, cobra}},
		{from: "baton/app/local", ours: []string{"baton/app/backend", "baton/oauthcore/", "baton/keyring/"}, never: []string{fyne, browser, cobra, term, strict}},
		{from: "baton/app/notify", never: []string{fyne, keyring, flock, browser, cobra, term, "net/http"}},
		{from: "baton/app/openurl", ours: []string{"baton/app/backend"}, never: []string{fyne, keyring, flock, cobra, term}},
		{from: "baton/app/single", ours: []string{"baton/oauthcore/files"}, never: []string{fyne, keyring, browser, cobra, "baton/oauthcore/provider", "net/http"}},
		{from: "baton/app/tray", ours: []string{"baton/app/backend", "baton/icons"}, never: []string{"baton/oauthcore/", "baton/keyring/", keyring, flock, cobra}},
		{from: "baton/app/web/server", ours: []string{"baton/app/backend"}, never: []string{fyne, keyring, flock, cobra}},
		{from: "baton/app/web/client", ours: []string{"baton/app/backend"}, never: []string{fyne, keyring, flock, cobra, browser}},
		{from: "baton/icons", never: []string{keyring, browser, cobra, flock}},
		{from: "baton/widgets/", never: []string{keyring, browser, cobra, flock}},
		{from: "baton/oauthcore/", ours: []string{"baton/oauthcore/"}, never: core()},
		{from: "baton/oauthcore/view", never: []string{stdlib}},
		{from: "baton/oauthcore/secret", never: []string{stdlib, "net/http"}},
		{from: "baton/oauthcore/files", never: core("net/http")},
		{from: "baton/oauthcore/jsonedit", never: core(flock, "net/http")},
		{from: "baton/oauthcore/clientlock", ours: []string{"baton/oauthcore/files"}, never: core("net/http")},
		{from: "baton/oauthcore/keychain", never: core(flock, "net/http")},
		{from: "baton/oauthcore/accounts", ours: []string{"baton/oauthcore/view", "baton/oauthcore/jsonedit", "baton/oauthcore/secret"}, never: core(flock, "os/exec", "net/http")},
		{from: "baton/oauthcore/claude", ours: []string{"baton/oauthcore/view", "baton/oauthcore/accounts", "baton/oauthcore/files", "baton/oauthcore/jsonedit", "baton/oauthcore/clientlock", "baton/oauthcore/keychain"}, never: core("net/http")},
		{from: "baton/oauthcore/provider", ours: []string{"baton/oauthcore/secret"}, never: core(flock)},
		{from: "baton/oauthcore/login", ours: []string{"baton/oauthcore/provider", "baton/oauthcore/secret"}, never: core(flock)},
		{from: "baton/oauthcore/signals", ours: []string{"baton/oauthcore/jsonedit"}, never: core(flock, "net/http")},
		{from: "baton/oauthcore", ours: []string{"baton/oauthcore/view", "baton/oauthcore/accounts", "baton/oauthcore/claude", "baton/oauthcore/clientlock", "baton/oauthcore/files", "baton/oauthcore/jsonedit", "baton/oauthcore/keychain", "baton/oauthcore/login", "baton/oauthcore/provider", "baton/oauthcore/secret", "baton/oauthcore/signals"}, never: core()},
		{from: strict, ours: []string{"baton/oauthcore/secret"}, never: []string{fyne, keyring, browser, term, cobra, flock, "baton/oauthcore"}},
		{from: "baton/keyring/", ours: []string{"baton/keyring/", "baton/oauthcore/secret"}, never: []string{fyne, browser, cobra}},
	}
}

// matches says whether a pattern means this package.
func matches(pattern, path string) bool {
	if below, ok := strings.CutSuffix(pattern, "/"); ok {
		return path == below || strings.HasPrefix(path, pattern)
	}
	return path == pattern
}

// ruleFor is the rule for a package: the one that names it, else the one for
// the folder it lies in.
func ruleFor(path string) *arrow {
	var rule *arrow
	for _, a := range arrows() {
		if a.from == path {
			return &a
		}
		if matches(a.from, path) {
			rule = &a
		}
	}
	return rule
}

// TestArrows holds the packages to their places: main → app → {widgets,
// oauthcore, keyring}, in each of the three builds. Tests are free.
func TestArrows(t *testing.T) {
	for _, b := range builds() {
		t.Run(b.name, func(t *testing.T) {
			seen := 0
			for _, line := range b.list(t, "-f", "{{.ImportPath}}|{{join .Imports \" \"}}|{{join .Deps \" \"}}", "./...") {
				path, rest, _ := strings.Cut(line, "|")
				imports, deps, _ := strings.Cut(rest, "|")
				rule := ruleFor(path)
				if rule == nil {
					t.Errorf("%s has no place among the packages yet: give it a rule", path)
					continue
				}
				seen++
				for _, wrong := range rule.broken(strings.Fields(imports), strings.Fields(deps)) {
					t.Errorf("%s must not import %s", path, wrong)
				}
			}
			if seen < 10 {
				t.Errorf("only %d packages were looked at", seen)
			}
		})
	}
}

// broken lists what a package imports, or reaches, against the rule.
func (a *arrow) broken(imports, deps []string) []string {
	var out []string
	for _, path := range imports {
		if matches("baton/", path) && !slices.ContainsFunc(a.ours, func(may string) bool { return matches(may, path) }) {
			out = append(out, path)
		}
	}
	for _, path := range deps {
		for _, never := range a.never {
			if matches(never, path) || (never == stdlib && strings.Contains(strings.Split(path, "/")[0], ".")) {
				out = append(out, path)
			}
		}
	}
	return out
}

// What a browser is sent must have no use for tokens, files or the keyring.
func TestWasmHoldsNoSecrets(t *testing.T) {
	wasm := builds()[2]
	for _, path := range wasm.list(t, "-deps", ".") {
		for _, never := range []string{
			"baton/oauthcore/", "baton/keyring/", "baton/app/web/server", "baton/app/local", "baton/app/demo", "baton/app/cli", "baton/app/notify", "baton/app/single", "baton/app/tray",
			"github.com/zalando/", "github.com/gofrs/", "github.com/spf13/", "github.com/pkg/browser",
		} {
			if matches(never, path) {
				t.Errorf("%s is in the browser's build", path)
			}
		}
	}
}

// A package that a build leaves out whole breaks `go build ./...` there: each
// has a file, if only doc.go, in all three builds.
func TestEveryPackageBuildsEverywhere(t *testing.T) {
	const format = "{{.ImportPath}} {{len .GoFiles}} {{len .CgoFiles}} {{if .Error}}{{.Error}}{{end}}"
	for _, b := range builds() {
		for _, line := range b.list(t, "-f", format, "./...") {
			f := strings.SplitN(line, " ", 4)
			if f[1] == "0" && f[2] == "0" {
				t.Errorf("%s has no file in the build %s: %s", f[0], b.name, f[3])
			}
		}
	}
}

// The rules themselves must notice.
func TestArrowsNotice(t *testing.T) {
	for _, c := range []struct {
		path          string
		imports, deps []string
		want          string
	}{
		{"baton", []string{"os", "baton/app"}, nil, ""},
		{"baton", []string{"baton/oauthcore"}, nil, "baton/oauthcore"},
		{"baton/app", []string{"baton/app/cli", "baton/oauthcore"}, nil, ""},
		{"baton/app/backend", nil, []string{"time", "vendor/golang.org/x/net"}, ""},
		{"baton/app/backend", nil, []string{"golang.org/x/term"}, "golang.org/x/term"},
		{"baton/app/gui", []string{"baton/oauthcore/secret"}, nil, "baton/oauthcore/secret"},
		{"baton/app/gui", nil, []string{"baton/oauthcore"}, "baton/oauthcore"},
		{"baton/widgets", []string{"baton/app/backend"}, nil, "baton/app/backend"},
		{"baton/oauthcore/mirror", []string{"baton/oauthcore/secret"}, nil, ""},
		{"baton/oauthcore/files", []string{"baton/oauthcore/secret"}, nil, "baton/oauthcore/secret"},
		{"baton/oauthcore/accounts", []string{"baton/oauthcore/claude"}, []string{"os/exec"}, "baton/oauthcore/claude os/exec"},
		{"baton/oauthcore/files", nil, []string{"fyne.io/fyne/v2"}, "fyne.io/fyne/v2"},
		{"baton/oauthcore", nil, []string{"baton/oauthcore/providertest"}, "baton/oauthcore/providertest"},
		{"baton/oauthcore/providertest", []string{"baton/oauthcore/secret"}, []string{"baton/oauthcore/secret", "baton/oauthcore"}, "baton/oauthcore"},
		{"baton/app/demo", []string{"baton/oauthcore/providertest"}, []string{"baton/oauthcore/providertest"}, ""},
		{"baton/oauthcore", []string{"baton/app/backend"}, []string{"github.com/zalando/go-keyring"}, "baton/app/backend github.com/zalando/go-keyring"},
	} {
		if got := strings.Join(ruleFor(c.path).broken(c.imports, c.deps), " "); got != c.want {
			t.Errorf("%s importing %v, reaching %v: %q, want %q", c.path, c.imports, c.deps, got, c.want)
		}
	}
	for _, path := range []string{"baton/somewhere", "baton/app/somewhere", "baton/appendix"} {
		if ruleFor(path) != nil {
			t.Errorf("the new package %s needs no rule", path)
		}
	}
}
