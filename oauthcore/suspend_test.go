//go:build unix

package oauthcore_test

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// suspended runs a child that stops itself before step o.At, does something
// else meanwhile, and lets the child end. meanwhile is not called where the
// operation ended before.
func (o stepOrder) suspended(t *testing.T, meanwhile func(sofar stepRun)) stepRun {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), childTime)
	defer cancel()
	cmd := childCmd(ctx, t)
	gate, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Killed and waited for whatever happens below; SIGKILL ends a stopped
	// process, too.
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if _, err := gate.Write(o.line(t)); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	lines := bufio.NewScanner(stdout)
	for n := 0; n < o.At && lines.Scan(); n++ {
		out.WriteString(lines.Text() + "\n")
	}
	sofar := parseRun(out.String())
	if len(sofar.steps) == o.At {
		waitStopped(ctx, t, cmd.Process.Pid)
		meanwhile(sofar)
		if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		if _, err := gate.Write([]byte{'\n'}); err != nil {
			t.Fatal(err)
		}
	}
	for lines.Scan() {
		out.WriteString(lines.Text() + "\n")
	}
	r := parseRun(out.String())
	if ctx.Err() != nil || !r.done {
		t.Fatalf("the child did not end after %q", r.last())
	}
	return r
}

// waitStopped waits until the child has stopped: it said before which step, and
// the signal follows.
func waitStopped(ctx context.Context, t *testing.T, pid int) {
	t.Helper()
	kill := context.AfterFunc(ctx, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	defer kill()
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil || !status.Stopped():
			t.Fatalf("the child did not stop: %v, status %x", err, status)
		default:
			return
		}
	}
}

// suspendOp is an operation that is stopped at every step while Claude Code
// goes on.
type suspendOp struct {
	// gaps are the steps right after the fence: whoever sleeps exactly there
	// may write over what came meanwhile.
	gaps []string
	// project are the steps at which a change of .claude.json is lost.
	project []string
	// inFlight says that the provider has replaced the live token already and
	// the answer is not where Claude Code looks for it.
	inFlight func(taken []string) bool
}

func suspendOps() map[string]suspendOp {
	return map[string]suspendOp{
		"swap": {
			gaps: []string{liveStep}, project: []string{"rename .claude.json"},
			inFlight: func([]string) bool { return false },
		},
		"refresh of the live account": {
			gaps: []string{"refresh.send"}, inFlight: after(liveStep),
		},
	}
}

// A process that is stopped before any step, long enough for Claude Code to
// take its locks for abandoned, and wakes up after Claude Code has refreshed
// the login: what Claude Code wrote stands. What cannot be prevented is said by
// name: sleeping exactly between the fence and what it guards, and sleeping
// while the provider has replaced the token Claude Code goes by.
func TestSuspendedAtEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("not run: it stops at every step, some 150 times")
	}
	t.Parallel()
	for name, op := range suspendOps() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suspendEverywhere(t, name, op)
		})
	}
}

func suspendEverywhere(t *testing.T, name string, op suspendOp) {
	t.Helper()
	var (
		done                             bool
		steps, refused                   int
		lost, projects, inFlight, broken []string
	)
	for n := 1; !done; n++ {
		if n > maxSteps {
			t.Fatalf("no end after %d steps", n-1)
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			w := newStepWorld(t, name, stepOps()[name])
			w.order.At, w.order.Stop = n, true
			client := &clientDouble{world: w.world}
			at, done1 := "", true
			flying := false
			run := w.order.suspended(t, func(sofar stepRun) {
				done1, at = false, sofar.last()
				flying = op.inFlight(sofar.taken())
				client.act(flying)
			})
			steps, done = len(run.steps), done1
			if done {
				return
			}
			if client.broke {
				broken = append(broken, at)
			}
			if run.code != "" {
				refused++
			}
			w.core = w.newCore(quickFS())
			if err := w.core.Settle(context.Background()); err != nil {
				t.Fatalf("the next process: %v", err)
			}
			w.sound()
			gone := len(w.missing(stepOp{})) > 0 || !w.alive()[w.account(personal).Credential.Fingerprint()]
			switch {
			case flying:
				inFlight = append(inFlight, at)
				w.expected = 1 // Claude Code's, with a token it had every right to
				w.kept(work, side, lab, night)
			case gone:
				lost = append(lost, at)
				w.expected = len(w.provider.Violations())
				w.kept(work, side, lab, night)
			default:
				w.kept(personal, work)
			}
			if !strings.Contains(string(w.read(w.paths.ClaudeJSON)), client.project()) {
				projects = append(projects, at)
			}
			if t.Failed() {
				t.Logf("stopped before %q, ended with %q", at, run.code)
			}
		})
	}
	t.Logf("%d steps, at %d of them the lock was broken, %d ended busy; login written over when stopped before %q; "+
		".claude.json written over when stopped before %q; token used up twice when stopped before %q",
		steps, len(broken), refused, lost, projects, inFlight)
	if !slices.Equal(lost, op.gaps) {
		t.Errorf("a login is lost when stopped before %q, only %q cannot be prevented", lost, op.gaps)
	}
	if !slices.Equal(projects, op.project) {
		t.Errorf("a change of .claude.json is lost when stopped before %q, only %q cannot be prevented", projects, op.project)
	}
	if len(broken) < steps/3 || steps < stepOps()[name].least {
		t.Errorf("of %d steps only %d held a lock", steps, len(broken))
	}
	if refused == 0 {
		t.Error("it never noticed that a lock was lost")
	}
}
