//go:build !js

package app

// SetManagedDir replaces the directory of Claude Code's managed settings, ""
// for none.
func SetManagedDir(dir string) { managedDir = func() string { return dir } }
