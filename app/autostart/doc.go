// Package autostart has a person's session start Baton: an entry in the XDG
// autostart folder, a LaunchAgent on macOS, a Run value on Windows. It writes
// that one place and nothing else, and must not know what Baton is.
package autostart
