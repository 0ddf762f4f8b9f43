//go:build !js

package local

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"baton/app/backend"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
)

// claudeFlow is a login that Claude Code itself makes, in a configuration
// folder of its own that is thrown away afterwards.
type claudeFlow struct {
	cancel context.CancelFunc
	done   chan struct{}
	result backend.LoginResult
	err    error
}

var _ backend.LoginFlow = (*claudeFlow)(nil)

func (b *Backend) loginViaClaude(ctx context.Context) *claudeFlow {
	ctx, cancel := context.WithCancel(ctx)
	f := &claudeFlow{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		defer cancel()
		f.result, f.err = b.viaClaude(ctx)
	}()
	return f
}

func (b *Backend) viaClaude(ctx context.Context) (r backend.LoginResult, err error) {
	if err := b.core.MakeOwn(); err != nil {
		return r, problem(err)
	}
	dir := filepath.Join(b.core.Paths.Own(), "login-"+rand.Text())
	if err := files.Mkdir(dir); err != nil {
		return r, problem(claude.Unwritable(dir, err))
	}
	// Removed only where nothing was logged in, or what was is saved: else the
	// directory is all there is of that login, and open takes it from there; or on
	// macOS, all that leads to the Keychain item of that login.
	saved, nothing := false, true
	defer func() {
		if saved || nothing {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	env := []string{"CLAUDE_CONFIG_DIR=" + dir, "CLAUDE_SECURESTORAGE_CONFIG_DIR=" + dir}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(name, "CLAUDE_") && !strings.HasPrefix(name, "ANTHROPIC_") {
			env = append(env, kv)
		}
	}
	b.progress("", "waiting for Claude Code's own login")
	runErr := b.RunClaude(ctx, env, "auth", "login")
	// A program that ended badly may have logged in before that.
	found, forget, err := b.core.ReadLogin(context.WithoutCancel(ctx), dir)
	nothing = errors.Is(err, claude.ErrNoLogin)
	if err == nil {
		if r, err = b.saveCredential(ctx, found); err == nil {
			saved = true
			forget()
		}
		return r, err
	}
	if err := runErr; err != nil {
		if ctx.Err() != nil {
			return r, problem(ctx.Err())
		}
		p := &backend.Problem{Code: backend.ProblemFailed, Message: "Claude Code's login did not work", Hint: "try: baton login", Err: err}
		if errors.Is(err, exec.ErrNotFound) {
			p.Message = "there is no program claude on the search path"
		}
		return r, p
	}
	return r, problem(err)
}

// runClaude gives Claude Code this process's terminal: it may ask.
func runClaude(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "claude", args...)
	cmd.Env, cmd.Dir = env, filepath.Dir(env[0][strings.IndexByte(env[0], '=')+1:])
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stderr, os.Stderr
	return cmd.Run()
}

// URL implements backend.LoginFlow: Claude Code opens the browser itself.
func (f *claudeFlow) URL() string { return "" }

// Paste implements backend.LoginFlow.
func (f *claudeFlow) Paste(string) error {
	return &backend.Problem{Code: backend.ProblemUsage, Message: "Claude Code asks for the code itself", Hint: "paste it there"}
}

// Wait implements backend.LoginFlow.
func (f *claudeFlow) Wait(ctx context.Context) (backend.LoginResult, error) {
	select {
	case <-f.done:
		if f.err != nil {
			return backend.LoginResult{}, problem(f.err)
		}
		return f.result, nil
	case <-ctx.Done():
		f.cancel()
		<-f.done
		return backend.LoginResult{}, problem(ctx.Err())
	}
}

// Cancel implements backend.LoginFlow.
func (f *claudeFlow) Cancel() { f.cancel() }
