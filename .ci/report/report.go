package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
)

// event is one line of `go test -json`; see `go doc cmd/test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build-output and build-fail
	Test       string
	Elapsed    float64 // seconds
	Output     string
}

// pack is a package under way.
type pack struct {
	output map[string]*strings.Builder // by test, "" the package's own
	ended  map[string]string           // test to pass, fail or skip
	parent map[string]bool             // tests with subtests
}

// report collects events and tells of each package as it ends.
type report struct {
	out     io.Writer
	packs   map[string]*pack
	total   count
	leftOut []string
	empty   int // packages without tests
}

func newReport(out io.Writer) *report {
	return &report{out: out, packs: map[string]*pack{}}
}

// read takes events until the stream ends. Lines that are no events, such as a
// toolchain's own words, are passed on as they are.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil || e.Action == "" {
				fmt.Fprintf(r.out, "%s\n", bytes.TrimRight(line, "\n"))
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	if e.Action == "build-output" {
		fmt.Fprint(r.out, e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := r.packs[e.Package]
	if p == nil {
		p = &pack{output: map[string]*strings.Builder{}, ended: map[string]string{}, parent: map[string]bool{}}
		r.packs[e.Package] = p
	}
	switch e.Action {
	case "run":
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
			p.parent[e.Test[:i]] = true
		}
		p.ended[e.Test] = "fail" // until it ends otherwise: a crash tells no ends
	case "output":
		if p.output[e.Test] == nil {
			p.output[e.Test] = &strings.Builder{}
		}
		p.output[e.Test].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test != "" {
			p.ended[e.Test] = e.Action
			return
		}
		r.end(e, p)
		delete(r.packs, e.Package)
	}
}

// end counts a package and tells how it went.
func (r *report) end(e event, p *pack) {
	got, failed := p.count()
	if e.Action == "fail" && got.Failed == 0 {
		got.Failed, failed = 1, []string{""} // it did not build, or ended by itself
	}
	r.total.Passed += got.Passed
	r.total.Failed += got.Failed
	r.total.Skipped += got.Skipped
	if got == (count{}) {
		r.empty++
		return
	}
	cached := ""
	if strings.Contains(p.said(""), "(cached)") {
		cached = ", seen before"
	}
	fmt.Fprintf(r.out, "   %-4s %-34s %6.1f s   %s%s\n", mark(got), e.Package, e.Elapsed, got, cached)
	for _, test := range p.names() {
		for _, figure := range measured(p.said(test)) {
			fmt.Fprintf(r.out, "        %s\n", figure)
		}
	}
	for _, test := range failed {
		what := ": the package itself"
		if test != "" {
			what = " " + test
		}
		fmt.Fprintf(r.out, "\n   FAILED %s%s\n%s\n", e.Package, what, indent(p.said(test)))
	}
	for _, test := range p.names() {
		if p.ended[test] == "skip" {
			r.leftOut = append(r.leftOut, fmt.Sprintf("%s %s: %s", e.Package, test, reason(p.said(test))))
		}
	}
}

// close tells of packages that never ended and of what was left out.
func (r *report) close() count {
	for name, p := range r.packs {
		r.end(event{Action: "fail", Package: name}, p)
	}
	if r.empty > 0 {
		fmt.Fprintf(r.out, "   (%d packages have no tests of their own)\n", r.empty)
	}
	for _, line := range r.leftOut {
		fmt.Fprintf(r.out, "   left out: %s\n", line)
	}
	return r.total
}

// count counts the tests without subtests, and a failed one none of whose
// subtests failed. The second result names what failed.
func (p *pack) count() (got count, failed []string) {
	for _, test := range p.names() {
		how := p.ended[test]
		if p.parent[test] && (how != "fail" || p.failedBelow(test)) {
			continue
		}
		switch how {
		case "pass":
			got.Passed++
		case "skip":
			got.Skipped++
		case "fail":
			got.Failed++
			failed = append(failed, test)
		}
	}
	return got, failed
}

func (p *pack) failedBelow(test string) bool {
	for other, how := range p.ended {
		if how == "fail" && strings.HasPrefix(other, test+"/") {
			return true
		}
	}
	return false
}

func (p *pack) names() []string {
	var out []string
	for test := range p.ended {
		out = append(out, test)
	}
	sort.Strings(out)
	return out
}

func (p *pack) said(test string) string {
	if p.output[test] == nil {
		return ""
	}
	return p.output[test].String()
}

func mark(c count) string {
	if c.Failed > 0 {
		return "FAIL"
	}
	return "ok"
}

// measuredMark begins a log line of a test that is a figure to be told whether
// the test passed or not: times are printed, not judged.
const measuredMark = "measured: "

// measured gives the figures in what a test said.
func measured(said string) []string {
	var figures []string
	for line := range strings.Lines(said) {
		if _, figure, ok := strings.Cut(line, measuredMark); ok {
			figures = append(figures, strings.TrimSpace(figure))
		}
	}
	return figures
}

// reason is what a skipped test said, without the lines go test puts around it.
func reason(said string) string {
	var words []string
	for _, line := range strings.Split(said, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
			continue
		}
		words = append(words, line)
	}
	if len(words) == 0 {
		return "no reason given"
	}
	return words[len(words)-1]
}

func indent(text string) string {
	return "      " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n      ")
}
