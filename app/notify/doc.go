// Package notify shows one notification from a process that has no window: a
// command that Claude Code runs. It must not know what is told, nor start
// a session bus: where there is none there is no notification.
package notify
