// Package files writes whole files or nothing, and takes locks that end with
// the process. It knows nothing of accounts or JSON. Everything goes through
// the FS interface, so that tests can stop a write at any step.
package files
