package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTellPages(t *testing.T) {
	bare := loads{bytes: 4e6, cold: time.Second, cached: 500 * time.Millisecond}
	for _, c := range []struct {
		baton loads
		last  string
		fails bool
	}{
		{loads{bytes: 5e6, cold: time.Second, cached: 400 * time.Millisecond}, "| 1.25 | 1.00 | 0.80 |", false},
		{loads{bytes: 5.1e6, cold: time.Second, cached: 500 * time.Millisecond}, "| 1.27 | 1.00 | 1.00 |", true},
		{loads{bytes: 4e6, cold: time.Second, cached: time.Second}, "| 1.00 | 1.00 | 2.00 |", true},
	} {
		var out strings.Builder
		err := tellPages(&out, c.baton, bare)
		if errors.Is(err, errSlow) != c.fails || !strings.HasSuffix(out.String(), c.last+"\n") {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
