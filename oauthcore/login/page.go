package login

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// page is what the browser shows: no script, nothing from elsewhere, light or
// dark as the system is.
type page struct {
	Good  bool // picks the mark's colour
	Title string
	Text  string
	Next  string
}

const pageStyle = `:root{color-scheme:light dark;--paper:#f6f5f2;--card:#fff;--ink:#1f1e1c;--soft:#5c5a55;--line:#e2dfd8;--good:#2f7d4f;--bad:#b3402e}
@media (prefers-color-scheme:dark){:root{--paper:#191918;--card:#232321;--ink:#f2f0ea;--soft:#b3afa6;--line:#383733;--good:#6cc08b;--bad:#ef8a78}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-top:.35rem solid var(--bad);border-radius:.75rem}
main.good{border-top-color:var(--good)}
h1{margin:0;font-size:1.4rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:.75rem 0 0;color:var(--soft);overflow-wrap:anywhere}`

const pageText = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Title}} – Baton</title>
<style>{{.Style}}</style>
</head>
<body>
<main{{if .Good}} class="good"{{end}}>
<h1>{{.Title}}</h1>
{{with .Text}}<p>{{.}}</p>
{{end}}{{with .Next}}<p>{{.}}</p>
{{end}}</main>
</body>
</html>
`

// contentPolicy allows the one style element, by its hash, and nothing else.
func contentPolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// write sends the page whole, so that it has left this process when write
// returns. Its address holds the code: it must not be stored or passed on.
func (p page) write(w http.ResponseWriter, status int) {
	p.Title, p.Text = presentable(p.Title), presentable(p.Text)
	var body bytes.Buffer
	t, err := template.New("page").Parse(pageText)
	if err == nil {
		err = t.Execute(&body, struct {
			page
			Style template.CSS
		}{p, pageStyle})
	}
	if err != nil {
		plain(w, http.StatusInternalServerError)
		return
	}
	harden(w.Header())
	w.Header().Set("Content-Security-Policy", contentPolicy())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	send(w, status, body.Bytes())
}

// plain answers with the status' own words.
func plain(w http.ResponseWriter, status int) {
	harden(w.Header())
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	send(w, status, []byte(http.StatusText(status)+"\n"))
}

func harden(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// send writes and flushes. A browser that has gone away is no error: the login
// does not depend on it.
func send(w http.ResponseWriter, status int, body []byte) {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(writeTimeout))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	_ = control.Flush()
}

// presentable keeps text from elsewhere to one modest line. Escaping is the
// template's work.
func presentable(s string) string {
	const longest = 300
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || (!unicode.IsPrint(r) && !unicode.IsSpace(r)) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if strings.Contains(strings.ToLower(s), "sk-ant-") {
		return ""
	}
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest-1]) + "…"
	}
	return s
}

// sentence makes a sentence of an error's text, which has neither a capital
// nor a full stop.
func sentence(s string) string {
	s = presentable(s)
	if s == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
