// Package clientlock takes the locks Claude Code itself takes around its
// login: directories made by mkdir, kept alive by their modification time,
// given back by rmdir. It knows nothing of logins.
//
// Whoever uses it holds a lock of the operating system that every Baton takes
// first. So all locks a Baton is noted for in the ledger are those of one that
// died, and are cleared away at once; everybody else's are waited for, and
// broken only where they are stale.
package clientlock
