//go:build !js

package app_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"baton/app"
	"baton/keyring"

	"github.com/rogpeppe/go-internal/testscript"
)

// recordEnv names the folder in which a baton started by a test leaves a copy
// of everything it printed, so that it can be searched for tokens.
const recordEnv = "BATON_TEST_RECORD"

// managedEnv names the directory of managed settings for a baton started by a
// test; without it there are none.
const managedEnv = "BATON_TEST_MANAGED"

// TestMain lets the test binary be the program itself: started under the name
// baton it is app.Main in a process of its own, window and all, built with the
// very flags the tests are built with.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"baton": batonMain})
}

func batonMain() {
	app.SetManagedDir(os.Getenv(managedEnv))
	dir := os.Getenv(recordEnv)
	if dir == "" || keyring.IsHelper(os.Args) { // what a helper prints goes to the program that asked it
		os.Exit(app.Main())
	}
	var finish []func() error
	for name, f := range map[string]**os.File{"stdout": &os.Stdout, "stderr": &os.Stderr} {
		done, err := tee(f, filepath.Join(dir, name+"."+strconv.Itoa(os.Getpid())))
		if err != nil {
			fmt.Fprintln(os.Stderr, "cannot record what is printed:", err)
			os.Exit(125)
		}
		finish = append(finish, done)
	}
	code := app.Main()
	for _, done := range finish {
		if err := done(); err != nil {
			os.Exit(125)
		}
	}
	os.Exit(code)
}

// tee copies what is written to *f into a file as well, until finish.
func tee(f **os.File, path string) (finish func() error, err error) {
	record, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	real := *f
	*f = w
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.MultiWriter(record, real), r)
		copied <- err
	}()
	return func() error {
		*f = real
		if err := w.Close(); err != nil {
			return err
		}
		if err := <-copied; err != nil {
			return err
		}
		return record.Close()
	}, nil
}
