// Package clientlock takes the locks Claude Code itself takes around its
// login: directories made by mkdir, kept alive by their modification time,
// given back by rmdir. It knows nothing of logins.
//
// The caller holds a lock of the operating system that every Baton takes
// first. So all locks noted in the lock registry are those of a Baton that
// died, and are cleared away at once; other programs' are waited for, and
// broken only if they are stale.
package clientlock
