package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Both copies unpack to the program; a later build's take their place, and the
// placeholder stays.
func TestPut(t *testing.T) {
	dir := t.TempDir()
	wasm, exec, to := filepath.Join(dir, "x.wasm"), filepath.Join(dir, "exec.js"), filepath.Join(dir, "page")
	write := func(path string, body []byte) {
		t.Helper()
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(to, "placeholder.html"), []byte("x"))
	write(exec, []byte("script"))
	seen := map[string]bool{}
	for _, program := range [][]byte{bytes.Repeat([]byte("one"), 5000), bytes.Repeat([]byte("two"), 5000)} {
		write(wasm, program)
		for range 2 { // once more changes nothing
			if err := put(wasm, exec, to); err != nil {
				t.Fatal(err)
			}
		}
		packed, err := filepath.Glob(filepath.Join(to, "baton-*.wasm.*"))
		if err != nil || len(packed) != 2 || seen[packed[0]] {
			t.Fatalf("%v: %v", packed, err)
		}
		seen[packed[0]] = true
		for _, path := range packed {
			if got := unpacked(t, path); !bytes.Equal(got, program) {
				t.Errorf("%s holds %d other bytes", path, len(got))
			}
		}
	}
	var names []string
	files, err := os.ReadDir(to)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	if len(names) != 4 || !slices.Contains(names, "placeholder.html") || !slices.Contains(names, "wasm_exec.js") {
		t.Errorf("in the folder: %q", names)
	}
	if err := put(filepath.Join(dir, "none"), exec, to); err == nil {
		t.Error("no program is no error")
	}
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader
	if filepath.Ext(path) == ".gz" {
		r, err = gzip.NewReader(bytes.NewReader(body))
	} else {
		r, err = zstd.NewReader(bytes.NewReader(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
