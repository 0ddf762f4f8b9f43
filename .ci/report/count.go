package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// count is how many tests ended how. A test with subtests counts through them.
type count struct{ Passed, Failed, Skipped int }

func (c count) String() string {
	s := fmt.Sprintf("%d passed, %d failed", c.Passed, c.Failed)
	if c.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", c.Skipped)
	}
	return s
}

// addTo adds the count to the one in a file, a single line as String gives it;
// a file that is missing counts as none.
func (c count) addTo(path string) error {
	var sum count
	switch line, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		// The third number is only there where something was skipped.
		if n, err := fmt.Sscanf(string(line), "%d passed, %d failed, %d skipped", &sum.Passed, &sum.Failed, &sum.Skipped); n < 2 {
			return fmt.Errorf("%s holds no count: %w", path, err)
		}
	}
	sum.Passed += c.Passed
	sum.Failed += c.Failed
	sum.Skipped += c.Skipped
	return os.WriteFile(path, []byte(sum.String()+"\n"), 0o600)
}
