// Command baton keeps all of a person's own Claude Code accounts in one place,
// one click apart, and never loses a login. Which face it shows is up to
// package app.
package main

import (
	"os"

	"baton/app"
)

func main() { os.Exit(app.Main()) }
