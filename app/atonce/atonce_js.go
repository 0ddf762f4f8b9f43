//go:build js

package atonce

import (
	"math"
	"runtime/debug"
)

// most is how much memory, in bytes, the start may take before what it no
// longer needs is collected all the same.
const most = 256 << 20

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(most)
}

// AsUsual collects garbage again as Go does unless told otherwise.
func AsUsual() {
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
}
