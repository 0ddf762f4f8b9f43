// Command report turns the event stream of `go test -json` on standard input
// into something to read: a line for each package, what failed tests printed,
// and why tests were left out. It ends with status 1 when anything failed or
// nothing ran. With -count FILE it adds what it counted to that file.
//
// It must not know what the tests are about.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	file := flag.String("count", "", "add the counts to this `file`")
	flag.Parse()
	os.Exit(run(*file))
}

func run(file string) int {
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		return 1
	}
	got := r.close()
	if file != "" {
		if err := got.addTo(file); err != nil {
			fmt.Fprintln(os.Stderr, "report:", err)
			return 1
		}
	}
	if got.Failed > 0 || got.Passed == 0 {
		return 1
	}
	return 0
}
