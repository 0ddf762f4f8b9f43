// Command mutants takes the rules of the swap out of the code one by one, each
// in a copy of the project, and shows that a test turns red. A rule no test
// misses ends it with status 1. With an argument only the rules that contain
// it are tried.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// mutant is one rule taken out: in file, old is replaced by new, and one of
// the tests named by run must then fail.
type mutant struct {
	rule, file, old, new, run string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a folder of the system's temporary ones
	if err := copyTree(dir); err != nil {
		return err
	}
	lived, tried := 0, 0
	for _, m := range rules() {
		if len(os.Args) > 1 && !strings.Contains(m.rule, os.Args[1]) {
			continue
		}
		tried++
		verdict, err := m.try(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.rule, err)
		}
		if verdict != "red" {
			lived++
		}
		fmt.Printf("%-8s %s\n", verdict, m.rule)
	}
	fmt.Printf("%d rules taken out, %d not missed by any test\n", tried, lived)
	if lived > 0 {
		return fmt.Errorf("%d rules could go without a test turning red", lived)
	}
	return nil
}

// copyTree copies what git knows, and what it would take, to dir.
func copyTree(dir string) error {
	out, err := exec.Command("git", "ls-files", "-co", "--exclude-standard", "--", "*.go", "go.mod", "go.sum", "*.html", "*.tmpl").Output()
	if err != nil {
		return err
	}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		doc, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // deleted and not committed yet
		}
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, doc, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// try says "red" where a test failed, "GREEN" where none did.
func (m mutant) try(dir string) (string, error) {
	path := filepath.Join(dir, m.file)
	doc, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(doc), m.old); n != 1 {
		return "", fmt.Errorf("the rule's code stands %d times in %s, not once: bring this list in line", n, m.file)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(doc), m.old, m.new, 1)), 0o600); err != nil {
		return "", err
	}
	defer func() { _ = os.WriteFile(path, doc, 0o600) }() // the next mutant would say so
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-vet=off", "-run", m.run, "./"+filepath.Dir(m.file))
	if strings.HasPrefix(m.file, "oauthcore/files/") {
		cmd.Args[len(cmd.Args)-1] = "./oauthcore"
	}
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return "GREEN", nil
	case strings.Contains(string(out), "[build failed]"):
		return "", fmt.Errorf("without the rule the code does not build:\n%s", out)
	case !strings.Contains(string(out), "--- FAIL"):
		return "", fmt.Errorf("no test failed, yet the run did:\n%s", out)
	}
	return "red", nil
}
