//go:build !cgo && !js

// Command bare is the smallest window Fyne makes; this build has none.
package main

import "log"

func main() { log.Fatal("this build has no window") }
