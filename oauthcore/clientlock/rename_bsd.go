//go:build unix && !linux && !darwin

package clientlock

// renameExclusive renames without replacing.
func renameExclusive(from, to string) error { return renameByMkdir(from, to) }
