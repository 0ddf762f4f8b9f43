package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The list names code as it stands: each rule's lines are there, once.
func TestRulesStandInTheCode(t *testing.T) {
	for _, m := range rules() {
		doc, err := os.ReadFile(filepath.Join("..", "..", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(doc), m.old); n != 1 {
			t.Errorf("%s: its code stands %d times in %s", m.rule, n, m.file)
		}
	}
}
