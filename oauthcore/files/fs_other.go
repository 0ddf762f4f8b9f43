//go:build !unix

package files

// Windows keeps a folder's entries durable by itself.
func syncDir(string) error { return nil }

// notALink: file systems on Windows have many errors for "not a link", and
// some for a kind of reparse point that is none.
func notALink(error) bool { return true }
