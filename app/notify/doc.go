// Package notify shows notifications from a process that has no window, a
// command that Claude Code runs: on the desktop, or in the terminal of the
// session that ran it. It must not know what is told, nor start a session bus:
// where there is none there is no notification.
package notify
