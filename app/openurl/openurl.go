//go:build !js

package openurl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"baton/app/backend"

	"github.com/pkg/browser"
)

// Grace is how long a browser that cannot be started has to say so. One that
// starts may run for as long as the person reads.
const Grace = 1500 * time.Millisecond

// linkLife is how long a link that was handed to a browser is good.
const linkLife = 2 * time.Minute

// Opener opens addresses by an environment. Its zero value is not ready; use New.
type Opener struct {
	lookup func(name string) (value string, set bool)
	// Tests replace these.
	goos     string
	lookPath func(file string) (string, error)
	run      func(argv []string) error
	system   func(address string) error
	grace    time.Duration
	life     time.Duration
}

// SetOutput sends what the system's own opener prints to standard error, because
// standard output belongs to the command. It is for the start of the process:
// the library keeps this in variables of its own.
func SetOutput() { browser.Stdout, browser.Stderr = os.Stderr, io.Discard }

// New makes an opener that looks variables up as os.LookupEnv does.
func New(lookup func(name string) (value string, set bool)) *Opener {
	return &Opener{
		lookup: lookup, goos: runtime.GOOS, lookPath: exec.LookPath, run: run, system: browser.OpenURL,
		grace: Grace, life: linkLife,
	}
}

// run runs a program of BROWSER, with its output where the system's opener's goes.
func run(argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout = os.Stderr
	return cmd.Run()
}

// Open opens an http or https address and waits for at most Grace, not for the
// browser. An address with a query reaches the programs as a link to this
// process that is good for one visit, so it works only while this process runs.
// The error is a *backend.Problem that says why no browser could be opened; its
// text never holds the address.
func (o *Opener) Open(address string) error {
	shown := address
	if strings.Contains(address, "?") {
		link, err := onceLink(address, o.life)
		if err == nil {
			shown = link
		} // else nothing can listen here, and a login cannot either
	}
	return o.try(shown, o.overSSH())
}

// OpenFile opens a file of the person's own as Open opens an address, also in an
// SSH session without a display: the person asked for it.
func (o *Opener) OpenFile(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	return o.try("file://"+filepath.ToSlash(path), false)
}

// try goes through the programs. remote says that the system's own opener would
// reach nobody.
func (o *Opener) try(address string, remote bool) error {
	var tried []string
	for _, argv := range o.programs(address) {
		err := o.start(func() error { return o.run(argv) })
		if err == nil {
			return nil
		}
		tried = append(tried, why(filepath.Base(argv[0]), err))
	}
	if !remote {
		err := o.start(func() error { return o.system(address) })
		if err == nil {
			return nil
		}
		tried = append(tried, why(o.systemName(), err))
	} else {
		tried = append(tried, "this is an SSH session without a display")
	}
	return &backend.Problem{
		Code:    backend.ProblemFailed,
		Message: "no browser could be opened here: " + strings.Join(tried, "; "),
		Hint:    "open the address yourself",
		Err:     backend.ErrNoBrowser,
	}
}

// programs are the command lines to try before the system's own opener.
func (o *Opener) programs(address string) (list [][]string) {
	value, _ := o.lookup("BROWSER")
	for _, words := range commands(value, o.goos == "windows", o.lookPath) {
		list = append(list, insert(words, address))
	}
	if len(list) > 0 || !o.inWSL() {
		return list
	}
	if _, err := o.lookPath("wslview"); err == nil {
		list = append(list, []string{"wslview", address})
	}
	return list
}

// inWSL says whether this is a Linux inside Windows, whose browser is outside.
func (o *Opener) inWSL() bool {
	return o.goos == "linux" && (o.given("WSL_DISTRO_NAME") || o.given("WSL_INTEROP"))
}

// overSSH says whether the person sits at another machine and sees no window of
// this one.
func (o *Opener) overSSH() bool {
	return (o.given("SSH_CONNECTION") || o.given("SSH_TTY")) && !o.given("DISPLAY") && !o.given("WAYLAND_DISPLAY")
}

func (o *Opener) given(name string) bool {
	value, _ := o.lookup(name)
	return value != ""
}

// start gives what a program ended with, nil if it runs longer than the grace.
func (o *Opener) start(program func() error) error {
	failed := make(chan error, 1)
	go func() { failed <- program() }()
	select {
	case err := <-failed:
		return err
	case <-time.After(o.grace):
		return nil
	}
}

// systemName is what the system's own opener is called.
func (o *Opener) systemName() string {
	switch o.goos {
	case "darwin":
		return "open"
	case "windows":
		return "Windows"
	}
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser"} {
		if _, err := o.lookPath(name); err == nil {
			return name
		}
	}
	return "xdg-open"
}

// why says in words how a program failed. The errors of exec are not passed on:
// they may hold its arguments.
func why(name string, err error) string {
	var ended *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist):
		return "there is no program " + name
	case errors.As(err, &ended) && ended.ExitCode() >= 0:
		return fmt.Sprintf("%s ended with exit status %d", name, ended.ExitCode())
	case errors.Is(err, os.ErrPermission):
		return name + " cannot be run: permission denied"
	}
	return name + " failed"
}
