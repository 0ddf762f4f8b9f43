// Command page puts the program for browsers where it is embedded from:
// compressed twice, under a name that changes with what is in it, beside the
// script Go brings to run it. What lies there from an earlier build goes.
package main

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// window is the most of what came before that zstd may look back to, in bytes:
// browsers take no more (RFC 9659).
const window = 8 << 20

func main() {
	wasm := flag.String("wasm", "build/baton.wasm", "the program, as compiled")
	exec := flag.String("exec", "", "Go's wasm_exec.js of the version that compiled it")
	to := flag.String("to", "app/web/server/page", "where to put it")
	flag.Parse()
	if err := put(*wasm, *exec, *to); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func put(wasm, exec, to string) error {
	program, err := os.ReadFile(wasm)
	if err != nil {
		return err
	}
	script, err := os.ReadFile(exec)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(program)
	name := "baton-" + hex.EncodeToString(sum[:8]) + ".wasm"
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(to, "*.wasm.*"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if ext := filepath.Ext(path); filepath.Base(path) == name+ext && (ext == ".gz" || ext == ".zst") {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for ext, pack := range map[string]func(io.Writer) (io.WriteCloser, error){".gz": packGzip, ".zst": packZstd} {
		if err := packed(filepath.Join(to, name+ext), program, pack); err != nil {
			return err
		}
	}
	return whole(filepath.Join(to, "wasm_exec.js"), script)
}

func packGzip(w io.Writer) (io.WriteCloser, error) {
	return gzip.NewWriterLevel(w, gzip.BestCompression)
}

func packZstd(w io.Writer) (io.WriteCloser, error) {
	return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(window))
}

// packed writes a compressed copy, unless an earlier build did.
func packed(path string, program []byte, pack func(io.Writer) (io.WriteCloser, error)) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	out, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	w, err := pack(out)
	if err == nil {
		if _, err = w.Write(program); err == nil {
			err = w.Close()
		}
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// whole replaces a file where it says something else: a new time alone would
// have everything that embeds it built again.
func whole(path string, body []byte) error {
	if have, err := os.ReadFile(path); err == nil && string(have) == string(body) {
		return nil
	}
	return os.WriteFile(path, body, 0o644)
}
