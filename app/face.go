//go:build !js

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"baton/app/backend"
	"baton/app/cli"
	"baton/app/gui"
	"baton/app/local"
	"baton/app/openurl"
	"baton/app/web/server"
	"baton/keyring"
	"baton/oauthcore/claude"
)

// exitUsage is the status of a command line that cannot be carried out.
const exitUsage = 2

// Main is the program's entry; it returns the exit status.
func Main() int {
	if keyring.IsHelper(os.Args) {
		return keyring.Run() // before anything else: it is asked often, and quickly
	}
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	openurl.SetOutput()
	cfg := cli.System()
	cfg.Version, cfg.Commit, cfg.Date = version, commit, date
	switch {
	case len(cfg.Args) == 0:
		return plain(ctx, cfg, false)
	case len(cfg.Args) == 1 && cfg.Args[0] == flagHidden:
		return plain(ctx, cfg, true)
	}
	return command(ctx, cfg)
}

// endings are the signals that end the program, after it has cleared up. A
// terminal that is closed or an SSH session that breaks off is one, unless the
// program was told to outlive it (nohup).
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// flagHidden starts the window in the tray: what a session starts by itself
// should not open one.
const flagHidden = "--hidden"

// commandGC is how much the heap of a command may grow, in percent, before
// garbage is collected: most are over before that pays.
const commandGC = 400

// command runs one command of the command line.
func command(ctx context.Context, cfg cli.Config) int {
	debug.SetGCPercent(commandGC)
	cfg.NewBackend = func() (backend.Backend, error) { return newBackend(os.LookupEnv) }
	cfg.Serve, cfg.Demo = runServe, runDemo
	cfg.Told = tellOfHook(os.LookupEnv)
	return cli.Run(ctx, cfg)
}

// newBackend opens this machine's accounts by an environment.
func newBackend(env environ) (backend.Backend, error) {
	work, err := os.Getwd()
	if err != nil {
		work = "" // a directory that is gone has no project settings
	}
	b, err := local.New(local.Config{
		ManagedDir: managedDir(), WorkDir: work,
		Lookup: claude.Lookup(env), OpenURL: openurl.New(env).Open, Version: version, Switches: switches(env),
		Home: func() (string, error) { return homeIn(env) },
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// managedDir is where Claude Code's managed settings are. Tests replace it: they
// must not depend on the computer's own.
var managedDir = func() string { return claude.ManagedDir(runtime.GOOS, isDir) }

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// homeIn is the home folder an environment names. The system's own idea of it
// serves where it names none, but not where HOME is simply missing.
func homeIn(env environ) (string, error) {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if dir := env.get(name); dir != "" {
			return dir, nil
		}
	}
	return "", errors.New("neither HOME nor USERPROFILE is set")
}

// plain is `baton` without a word: the window where a display answers, the page
// where there is a terminal to show its link, else what else there is.
func plain(ctx context.Context, cfg cli.Config, hidden bool) int {
	why := displayAnswers(os.LookupEnv)
	if why == nil {
		code, shown := window(ctx, os.LookupEnv, gui.Config{Hidden: hidden})
		if shown {
			return code
		}
		why = gui.ErrNoWindow
	}
	if cfg.StdoutTTY && server.Built() {
		fmt.Fprintf(cfg.Stderr, "no window can be shown here: %v\nso here is a link to the same in a browser; Ctrl-C ends it\n", why)
		cfg.Args = []string{"serve"}
		return command(ctx, cfg)
	}
	fmt.Fprintf(cfg.Stderr, "baton: no window can be shown here: %v\n", why)
	fmt.Fprintln(cfg.Stderr, "  everything works in the terminal too; these are the commands:")
	cfg.Args, cfg.Stdout = []string{"help"}, cfg.Stderr
	_ = command(ctx, cfg)
	return exitUsage
}

// window shows the window until it is closed or ctx ends; shown is false where
// this build has none. What cfg leaves open is filled in.
func window(ctx context.Context, env environ, cfg gui.Config) (code int, shown bool) {
	b, err := newBackend(env)
	if err != nil {
		p := backend.AsProblem(err)
		fmt.Fprintf(os.Stderr, "baton: %s\n  %s\n", p.Message, p.Hint)
		return p.Code.ExitCode(), true
	}
	if c, ok := b.(io.Closer); ok {
		defer func() { _ = c.Close() }() // ends a login nobody waits for any more
	}
	cfg.Backend, cfg.OpenURL, cfg.Title, cfg.Version = b, openurl.New(env).Open, "Baton", version
	if cfg.Demo == "" { // a demo has accounts of its own each time
		one, code, mine := onlyOne(env, cfg.Hidden, os.Stderr)
		if !mine {
			return code, true
		}
		if one != nil {
			defer func() { _ = one.Close() }() // the process ends with it
			cfg.Raise = one.Raise()
		}
	}
	if f, ok := b.(interface{ Folder() string }); ok {
		cfg.Folder = f.Folder()
	}
	defer polling(b)()
	err = showWindow(ctx, cfg)
	switch {
	case errors.Is(err, gui.ErrNoWindow):
		return 0, false
	case err != nil:
		fmt.Fprintln(os.Stderr, "baton:", err)
		return 1, true
	}
	return 0, true
}

// polling asks for usage as long as a face is open, where that is switched on;
// stop ends it.
func polling(b backend.Backend) (stop context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	if p, ok := b.(interface{ Poll(context.Context) }); ok {
		go p.Poll(ctx)
	}
	return stop
}

// environ looks up variables of an environment, as os.LookupEnv does: one that
// is set but empty is not the same as one that is not set.
type environ func(name string) (value string, set bool)

// get gives the value, "" for none.
func (e environ) get(name string) string {
	value, _ := e(name)
	return value
}
