//go:build !js

package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"
)

func TestEncoding(t *testing.T) {
	for accept, want := range map[string]string{
		"":                            "",
		"gzip":                        "gzip",
		"gzip, deflate, br, zstd":     "zstd",
		"zstd;q=0.5, gzip":            "gzip",
		"zstd;q=0, gzip;q=0.1":        "gzip",
		"GZIP":                        "gzip",
		"*":                           "zstd",
		"*;q=0":                       "",
		"zstd;q=0, *":                 "gzip",
		"identity":                    "",
		"gzip; q=0.2 , zstd ; q=nope": "gzip",
		"br":                          "",
	} {
		if got := encoding(accept); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}

func FuzzEncoding(f *testing.F) {
	f.Add("gzip, zstd;q=0.5")
	f.Fuzz(func(t *testing.T, accept string) {
		if got := encoding(accept); got != "" && !strings.Contains(strings.ToLower(accept), got) && !strings.Contains(accept, "*") {
			t.Errorf("%q: %q, which nobody asked for", accept, got)
		}
	})
}

// The program is the same however it travels, and may be kept for ever.
func TestAsset(t *testing.T) {
	h := newHouse(t)
	want := bytes.Repeat([]byte("\x00asm"), 1000)
	for accept, unpack := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
	} {
		w := h.send(request(t, http.MethodGet, "/assets/baton-0123.wasm", "", header("Accept-Encoding", accept)))
		r, err := unpack(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) || w.Header().Get("Content-Encoding") != accept {
			t.Errorf("%q: %d bytes of %q, %v", accept, len(got), w.Header().Get("Content-Encoding"), err)
		}
		if w.Header().Get("Content-Type") != "application/wasm" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") ||
			w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", accept, w.Header())
		}
	}
}

// What stands in the page is what its policy allows, and nothing of an account.
func TestIndex(t *testing.T) {
	h := newHouse(t)
	w := h.send(request(t, http.MethodGet, "/", ""))
	page, policy := w.Body.String(), w.Header().Get("Content-Security-Policy")
	for _, what := range []string{"script", "style"} {
		found := regexp.MustCompile(`(?s)<`+what+`>(.*?)</`+what+`>`).FindAllStringSubmatch(page, -1)
		if len(found) == 0 {
			t.Errorf("no %s", what)
		}
		for _, one := range found {
			sum := sha256.Sum256([]byte(one[1]))
			if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
				t.Errorf("a %s the policy does not allow", what)
			}
		}
	}
	for _, want := range []string{`data-wasm="/assets/baton-0123.wasm"`, `data-size="4000"`, "<noscript>", "prefers-color-scheme:dark"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in the page", want)
		}
	}
	for _, never := range []string{"ada@", "{{", secretOf(h.Link()), " style=", " onclick="} {
		if strings.Contains(page, never) {
			t.Errorf("%s is in the page", never)
		}
	}
}

// What is said of made-up accounts stands in the page as text, whatever it is.
func TestIndexOfADemo(t *testing.T) {
	s, err := New(Config{Backend: newFake(), Port: port, Page: pageFiles(t), Demo: `made up: "><script>`})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h := &house{Server: s}
	if got := h.send(request(t, http.MethodGet, "/", "")).Body.String(); !strings.Contains(got, `data-demo="made up: &#34;&gt;&lt;script&gt;"`) {
		t.Errorf("the page begins %.900s", got)
	}
}

func TestNoPage(t *testing.T) {
	whole := pageFiles(t)
	for _, without := range []string{"baton-0123.wasm.gz", "baton-0123.wasm.zst", "wasm_exec.js"} {
		files := fstest.MapFS{"placeholder.html": {Data: []byte("x")}}
		for name, f := range whole {
			if name != without {
				files[name] = f
			}
		}
		if _, err := New(Config{Backend: newFake(), Port: port, Page: files}); !errors.Is(err, ErrNoPage) {
			t.Errorf("without %s: %v", without, err)
		}
	}
}
