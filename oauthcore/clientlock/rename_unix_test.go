//go:build unix

package clientlock

import (
	"errors"
	"os"
	"testing"
)

func TestRenamingWhereNothingElseWorks(t *testing.T) {
	s := newStand(t)
	s.foreign(s.a, 0)
	m, _, err := look(s.a)
	if err != nil {
		t.Fatal(err)
	}
	if err := renameByMkdir(s.a, s.b); err != nil {
		t.Fatal(err)
	}
	if now, _, err := look(s.b); err != nil || now != m {
		t.Errorf("%+v, %v; want the prepared one in place", now, err)
	}
	if err := renameByMkdir(s.b, s.dir); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a folder: %v", err)
	}
}
