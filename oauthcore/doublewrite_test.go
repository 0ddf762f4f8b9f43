//go:build unix

package oauthcore_test

import (
	"fmt"
	"os"
	"time"
)

// writeTorn truncates and writes in place, in two halves with a pause.
func writeTorn(path string, doc []byte, pause time.Duration) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	<-time.After(pause / 2)
	if _, err := f.Write(doc[:len(doc)/2]); err != nil {
		return err
	}
	<-time.After(pause / 2)
	_, err = f.Write(doc[len(doc)/2:])
	return err
}

func writeByRename(path string, doc []byte) error {
	temp := fmt.Sprintf("%s.tmp.%d", path, os.Getpid())
	if err := os.WriteFile(temp, doc, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
