//go:build js

package app

import (
	"fmt"
	"os"
)

// Main is the program's entry in a browser. Serving the page is not part of
// this version; the program says so rather than show an empty canvas.
func Main() int {
	fmt.Fprintf(os.Stderr, "baton %s: this version has no page in the browser yet\n", version)
	return 2
}
