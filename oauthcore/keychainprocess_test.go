//go:build unix

package oauthcore_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
)

// securityVar says that the test binary was started as security, with the
// file its one item's value lies in.
const securityVar = "BATON_TEST_SECURITY"

// securityChild is the stand-in as a program of its own.
func securityChild() int {
	complaints := 0
	s := newSecurity(os.Getenv(securityVar), files.OS{}, func(format string, args ...any) {
		complaints++
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 1
	}
	if len(stdin) == 0 {
		stdin = nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	out, exit, err := s.run(ctx, stdin, os.Args[1:]...)
	if _, writeErr := os.Stdout.Write(out); err != nil || writeErr != nil || complaints > 0 {
		return 2
	}
	return exit
}

// The whole way, through a process of its own for each command.
func TestASwapThroughAProgram(t *testing.T) {
	w := newWorldOf(t, "darwin")
	t.Setenv(securityVar, w.paths.Credentials())
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := w.core.Env
	env.Keychain = &keychain.Item{Service: env.Keychain.Service, Account: macUser, Run: keychain.Exec(exe)}
	w.core = oauthcore.New(env)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	w.login(work)
	w.swap(oauthcore.SwapRequest{To: oauthcore.SwapBack})
	w.live(personal)
	w.kept(personal, work)
	w.tidied()
}
