//go:build unix

package oauthcore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/provider"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// childVar says that the test binary was started to do one operation and to
// end or stop itself in the middle of it.
const childVar = "BATON_TEST_STEP_CHILD"

// childTime bounds a child's life.
const childTime = 30 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		os.Exit(stepChild())
	}
	os.Exit(m.Run())
}

// stepOrder tells a child what to do. It goes over standard input, since it
// may hold tokens.
type stepOrder struct {
	Op    string
	URL   string // the provider's
	GOOS  string // the system it is on
	Paths claude.Paths
	Now   time.Time
	At    int  // the step before which the child ends itself
	Stop  bool // or only stops itself
	Grant stepGrant
}

// stepGrant is a provider.Grant that can be written down.
type stepGrant struct {
	Access, Refresh                             string
	ExpiresAt, LoginEnds                        time.Time
	Scopes                                      []string
	AccountUUID, Email, OrganizationUUID, Named string
}

func (g stepGrant) grant() provider.Grant {
	return provider.Grant{
		AccessToken: secret.New(g.Access), RefreshToken: secret.New(g.Refresh),
		ExpiresAt: g.ExpiresAt, RefreshTokenExpiresAt: g.LoginEnds, Scopes: g.Scopes,
		AccountUUID: g.AccountUUID, Email: g.Email,
		OrganizationUUID: g.OrganizationUUID, OrganizationName: g.Named,
	}
}

func writtenDown(g provider.Grant) stepGrant {
	return stepGrant{
		Access: g.AccessToken.Reveal(), Refresh: g.RefreshToken.Reveal(),
		ExpiresAt: g.ExpiresAt, LoginEnds: g.RefreshTokenExpiresAt, Scopes: g.Scopes,
		AccountUUID: g.AccountUUID, Email: g.Email,
		OrganizationUUID: g.OrganizationUUID, Named: g.OrganizationName,
	}
}

// doneLine begins the line a child writes when the operation ended by itself;
// the error's code follows, nothing where it succeeded.
const doneLine = "done "

// stepChild does one operation, telling each step on standard output before it
// is taken.
func stepChild() int {
	in := bufio.NewReader(os.Stdin)
	line, err := in.ReadBytes('\n')
	var o stepOrder
	if err == nil {
		err = json.Unmarshal(line, &o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the order:", err)
		return 1
	}
	s := &stepper{at: o.At, stop: o.Stop, out: os.Stdout, gate: in}
	op, known := stepOps()[o.Op]
	endpoints, err := provider.FromBase(o.URL)
	if err != nil || !known {
		fmt.Fprintln(os.Stderr, "no such operation or address", o.Op, o.URL)
		return 1
	}
	now := func() time.Time { return o.Now }
	wrong := 0
	env, _ := setUp(oauthcore.Env{
		Paths: o.Paths, FS: &stepFS{step: s.step}, Locks: &files.Locks{}, Now: now, GOOS: o.GOOS, Step: s.step,
		Provider: provider.New(endpoints, provider.Options{Now: now, Timeout: 10 * time.Second}),
	}, func(format string, args ...any) {
		wrong = 1
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
	err = op.run(context.Background(), oauthcore.New(env), o)
	fmt.Fprintln(s.out, doneLine+string(view.CodeOf(err)))
	return wrong
}

// stepper counts steps and ends or stops the process before one of them.
type stepper struct {
	n, at int
	stop  bool
	out   io.Writer
	gate  io.ByteReader
}

func (s *stepper) step(name string) {
	s.n++
	fmt.Fprintln(s.out, name)
	if s.n != s.at {
		return
	}
	if !s.stop {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // not reached by anything
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	// The signal may reach another thread first: this one waits until the
	// parent, too, says that it goes on.
	if _, err := s.gate.ReadByte(); err != nil {
		os.Exit(1)
	}
}

// stepRun is what a child did.
type stepRun struct {
	steps []string // the last one was not taken where it did not finish
	done  bool     // the operation ended by itself
	code  view.Code
}

// last is the step before which the child was cut off.
func (r stepRun) last() string {
	if len(r.steps) == 0 {
		return ""
	}
	return r.steps[len(r.steps)-1]
}

// taken lists the steps that were taken.
func (r stepRun) taken() []string {
	if r.done || len(r.steps) == 0 {
		return r.steps
	}
	return r.steps[:len(r.steps)-1]
}

func parseRun(out string) stepRun {
	var r stepRun
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if code, ok := strings.CutPrefix(line, doneLine); ok {
			r.done, r.code = true, view.Code(code)
			continue
		}
		r.steps = append(r.steps, line)
	}
	return r
}

// childCmd is a child before its start, with nothing of this process's
// environment.
func childCmd(ctx context.Context, t *testing.T) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = []string{childVar + "=1", "GOMAXPROCS=1", "GOGC=off"}
	cmd.WaitDelay = time.Second
	return cmd
}

func (o stepOrder) line(t *testing.T) []byte {
	t.Helper()
	line, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return append(line, '\n')
}

// killed runs a child that ends itself before step o.At.
func (o stepOrder) killed(t *testing.T) stepRun {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), childTime)
	defer cancel()
	cmd := childCmd(ctx, t)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(o.line(t)), &out, &errs
	err := cmd.Run()
	r := parseRun(out.String())
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ctx.Err() != nil:
		t.Fatalf("the child hung after %q", r.steps)
	case r.done && err == nil:
	case status.Signaled() && status.Signal() == syscall.SIGKILL && len(r.steps) == o.At:
	default:
		t.Fatalf("the child ended by %v after %d steps: %s", err, len(r.steps), errs.String())
	}
	return r
}
