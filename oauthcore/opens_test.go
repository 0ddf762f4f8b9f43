package oauthcore_test

import (
	"io"

	"baton/oauthcore/files"
)

// opens counts how often one file is read.
type opens struct {
	files.FS
	path string
	n    int
}

func (o *opens) Open(name string) (io.ReadCloser, error) {
	if name == o.path {
		o.n++
	}
	return o.FS.Open(name)
}

func (o *opens) ReadFile(name string) ([]byte, error) {
	if name == o.path {
		o.n++
	}
	return o.FS.ReadFile(name)
}
