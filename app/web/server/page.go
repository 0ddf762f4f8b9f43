//go:build !js

package server

import (
	"compress/gzip"
	"embed"
	"encoding/binary"
	"errors"
	"html"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// ErrNoPage: this build has no page to serve.
var ErrNoPage = errors.New("this build has no page in it")

// What the build puts into the folder page, and what this package brings along.
// Without a built page there is a placeholder, so that the program builds.
//
//go:embed page assets
var built embed.FS

// embedded is the page that was built in.
func embedded() fs.FS {
	sub, err := fs.Sub(built, "page")
	if err != nil {
		return built // the name is a constant and valid
	}
	return sub
}

// Built says whether a page was built in.
func Built() bool {
	_, err := newPage(embedded(), "")
	return err == nil
}

// page is what a browser loads before it can ask for anything: the loading page
// and the program, in a file whose name changes with what is in it.
type page struct {
	html   []byte
	policy string
	style  string

	wasm       string // the program's name, as in baton-0123456789abcdef.wasm
	zstd, gzip []byte
}

// newPage reads a built page: NAME.wasm.gz, NAME.wasm.zst and wasm_exec.js,
// which is Go's own and of the version that compiled the program. demo is what
// stands over made-up accounts.
func newPage(from fs.FS, demo string) (*page, error) {
	names, err := fs.Glob(from, "*.wasm.gz")
	if err != nil || len(names) != 1 {
		return nil, ErrNoPage
	}
	p := &page{wasm: strings.TrimSuffix(names[0], ".gz")}
	var exec []byte
	for name, into := range map[string]*[]byte{names[0]: &p.gzip, p.wasm + ".zst": &p.zstd, "wasm_exec.js": &exec} {
		if *into, err = fs.ReadFile(from, name); err != nil {
			return nil, errors.Join(ErrNoPage, err)
		}
	}
	if len(p.gzip) < 4 {
		return nil, ErrNoPage
	}
	// The trailer of a gzip file (RFC 1952 §2.3.1).
	size := binary.LittleEndian.Uint32(p.gzip[len(p.gzip)-4:])
	var text [3]string
	for i, name := range []string{"index.html", "page.css", "page.js"} {
		body, err := fs.ReadFile(built, path.Join("assets", name))
		if err != nil {
			return nil, err
		}
		text[i] = string(body)
	}
	p.style = text[1]
	p.html = []byte(strings.NewReplacer(
		"{{style}}", p.style, "{{exec}}", string(exec), "{{script}}", text[2],
		"{{wasm}}", html.EscapeString("/assets/"+p.wasm), "{{demo}}", html.EscapeString(demo), "{{size}}", strconv.FormatUint(uint64(size), 10),
	).Replace(text[0]))
	p.policy = "default-src 'none'; script-src 'wasm-unsafe-eval' " + hashOf(string(exec)) + " " + hashOf(text[2]) +
		"; style-src " + hashOf(p.style) + "; connect-src 'self'; img-src 'self' data:" +
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
	return p, nil
}

func (p *page) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Security-Policy", p.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.html)))
	_, _ = w.Write(p.html) // a browser that has gone away is no error
}

// asset is the program. Its name changes with it, so it may be kept for ever.
func (p *page) asset(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("name") != p.wasm {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/wasm")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := p.gzip
	switch encoding(r.Header.Get("Accept-Encoding")) {
	case "zstd":
		body = p.zstd
		h.Set("Content-Encoding", "zstd")
	case "gzip":
		h.Set("Content-Encoding", "gzip")
	default:
		p.plain(w)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a browser that has gone away is no error
}

// plain is for a client that takes nothing compressed.
func (p *page) plain(w http.ResponseWriter) {
	unpacked, err := gzip.NewReader(strings.NewReader(string(p.gzip)))
	if err != nil {
		refuse(w, http.StatusInternalServerError, "the page in this build is damaged\n")
		return
	}
	_, _ = io.Copy(w, unpacked) // a client that has gone away is no error
}

// encoding is the best of those a client takes (RFC 9110 §12.5.3), "" for none.
func encoding(accept string) string {
	weight := map[string]float64{}
	for part := range strings.SplitSeq(strings.ToLower(accept), ",") {
		name, params, _ := strings.Cut(part, ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			var err error
			if q, err = strconv.ParseFloat(value, 64); err != nil {
				q = 0
			}
		}
		weight[strings.TrimSpace(name)] = q
	}
	best, most := "", 0.0
	for _, name := range []string{"zstd", "gzip"} {
		q, named := weight[name]
		if !named {
			q = weight["*"]
		}
		if q > most {
			best, most = name, q
		}
	}
	return best
}
