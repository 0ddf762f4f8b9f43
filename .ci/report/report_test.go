package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		in   []string
		want count
		says []string
		not  []string
	}{
		"passes, counted through subtests": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"run","Package":"p","Test":"TestA/x"}`,
				`{"Action":"output","Package":"p","Test":"TestA/x","Output":"chatter\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA/x"}`,
				`{"Action":"run","Package":"p","Test":"TestA/y"}`,
				`{"Action":"pass","Package":"p","Test":"TestA/y"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"pass","Package":"p","Elapsed":1.25}`,
			},
			want: count{Passed: 2},
			says: []string{"ok   p ", "1.2 s", "2 passed, 0 failed"},
			not:  []string{"chatter"},
		},
		"a figure of a test that passed": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: measured: it took 7 ms\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:4: chatter\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"pass","Package":"p","Elapsed":1.25}`,
			},
			want: count{Passed: 1},
			says: []string{"1 passed, 0 failed\n        it took 7 ms\n"},
			not:  []string{"chatter", "a_test.go"},
		},
		"a failure shows what it printed, once": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"run","Package":"p","Test":"TestA/x"}`,
				`{"Action":"output","Package":"p","Test":"TestA/x","Output":"got 1, want 2\n"}`,
				`{"Action":"fail","Package":"p","Test":"TestA/x"}`,
				`{"Action":"fail","Package":"p","Test":"TestA"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: count{Failed: 1},
			says: []string{"FAIL p ", "FAILED p TestA/x\n      got 1, want 2"},
		},
		"a test that fails after its subtests": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"run","Package":"p","Test":"TestA/x"}`,
				`{"Action":"pass","Package":"p","Test":"TestA/x"}`,
				`{"Action":"fail","Package":"p","Test":"TestA"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: count{Passed: 1, Failed: 1},
		},
		"a crash in mid-test": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: no\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: count{Failed: 1},
			says: []string{"panic: no"},
		},
		"a package that does not build": {
			in: []string{
				`{"ImportPath":"p","Action":"build-output","Output":"p.go:1: no\n"}`,
				`{"ImportPath":"p","Action":"build-fail"}`,
				`{"Action":"output","Package":"p","Output":"FAIL p [build failed]\n"}`,
				`{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			},
			want: count{Failed: 1},
			says: []string{"p.go:1: no", "FAIL p    ", "FAILED p: the package itself\n"},
		},
		"a stream that breaks off": {
			in:   []string{`{"Action":"start","Package":"p"}`, `{"Action":"run","Package":"p","Test":"TestA"}`},
			want: count{Failed: 1},
		},
		"left out, with the reason": {
			in: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: not run: no browser\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}`,
				`{"Action":"skip","Package":"p","Test":"TestA"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: count{Skipped: 1},
			says: []string{"left out: p TestA: a_test.go:3: not run: no browser"},
		},
		"no tests": {
			in:   []string{`{"Action":"skip","Package":"p"}`},
			says: []string{"1 packages have no tests"},
		},
		"words of the toolchain": {
			in:   []string{"go: downloading something", ""},
			says: []string{"go: downloading something\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			if err := r.read(strings.NewReader(strings.Join(c.in, "\n"))); err != nil {
				t.Fatal(err)
			}
			if got := r.close(); got != c.want {
				t.Errorf("counted %v, want %v", got, c.want)
			}
			for _, want := range c.says {
				if strings.Count(out.String(), want) != 1 {
					t.Errorf("%q is not there once in:\n%s", want, out.String())
				}
			}
			for _, not := range c.not {
				if strings.Contains(out.String(), not) {
					t.Errorf("%q is in:\n%s", not, out.String())
				}
			}
		})
	}
}

func TestAddTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	for _, step := range []struct {
		add  count
		want string
	}{
		{count{Passed: 3}, "3 passed, 0 failed\n"},
		{count{Passed: 1, Failed: 2}, "4 passed, 2 failed\n"},
		{count{Skipped: 5}, "4 passed, 2 failed, 5 skipped\n"},
		{count{Passed: 1, Skipped: 1}, "5 passed, 2 failed, 6 skipped\n"},
	} {
		if err := step.add.addTo(path); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != step.want {
			t.Fatalf("after %v the file says %q, want %q", step.add, got, step.want)
		}
	}
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (count{}).addTo(path); err == nil {
		t.Error("a file without a count was added to")
	}
}
