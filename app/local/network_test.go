//go:build !js

package local_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/app/backend"
	"baton/app/local"
)

// inspected puts a company's connection inspection before the provider: a TLS
// server on loopback whose certificate no system trusts. pem is its authority.
func (w *watched) inspected() (authority []byte) {
	w.Helper()
	base, err := url.Parse(w.set["BATON_PROVIDER"])
	if err != nil {
		w.Fatal(err)
	}
	s := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(base))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	w.Cleanup(s.Close)
	w.set["BATON_PROVIDER"] = s.URL
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// file writes a file beside the home.
func (w *watched) file(name string, content []byte) (path string) {
	w.Helper()
	path = filepath.Join(w.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.Fatal(err)
	}
	return path
}

// claudeEnv gives Claude Code's user settings a member env.
func (w *watched) claudeEnv(prefix string, env map[string]any) {
	w.Helper()
	w.envIn(".claude/settings.json", prefix, env)
}

// envIn does so with a settings file at a place in the home.
func (w *watched) envIn(place, prefix string, env map[string]any) {
	w.Helper()
	path := filepath.Join(w.home.Dir, filepath.FromSlash(place))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.Fatal(err)
	}
	doc, err := json.Marshal(map[string]any{"env": env})
	if err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte(prefix), doc...), 0o600); err != nil {
		w.Fatal(err)
	}
}

// logged opens a Baton whose log is kept.
func (w *watched) logged() (*local.Backend, *bytes.Buffer) {
	w.Helper()
	var out bytes.Buffer
	b, err := local.New(local.Config{
		Getenv: func(name string) string { return w.set[name] },
		Home:   func() (string, error) { return w.home.Dir, nil },
		GOOS:   "linux", ManagedDir: filepath.Join(w.home.Dir, "etc"), WorkDir: filepath.Join(w.home.Dir, "project"),
		Log: slog.New(slog.NewTextHandler(&out, nil)),
	})
	if err != nil {
		w.Fatal(err)
	}
	return b, &out
}

// A company's authority named for Claude Code counts for Baton, wherever it is
// named; one that cannot be read is told and stops nothing.
func TestExtraCertificates(t *testing.T) {
	const bom = "\ufeff"
	for _, c := range []struct {
		name    string
		set     func(w *watched, pem []byte) (path string) // path that the finding names
		trusted bool
		says    string // the finding's, "" for none
	}{
		{"none", func(*watched, []byte) string { return "" }, false, ""},
		{"environment", func(w *watched, pem []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = w.file("ca.pem", pem)
			return ""
		}, true, ""},
		{"Claude Code's settings", func(w *watched, pem []byte) string {
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"settings with a byte order mark", func(w *watched, pem []byte) string {
			w.claudeEnv(bom, map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"the settings before the environment", func(w *watched, pem []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = "/nowhere.pem"
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"taken away by the settings", func(w *watched, pem []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = w.file("ca.pem", pem)
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": ""})
			return ""
		}, false, ""},
		{"managed settings before the user's", func(w *watched, pem []byte) string {
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": "/nowhere.pem"})
			w.envIn("etc/managed-settings.json", "", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"a managed drop-in", func(w *watched, pem []byte) string {
			w.envIn("etc/managed-settings.d/10.json", "", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"a trusted project's settings", func(w *watched, pem []byte) string {
			w.envIn("project/.claude/settings.json", "", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			trust(w.T, w.home, filepath.Join(w.home.Dir, "project"))
			return ""
		}, false, ""},
		{"empty in the environment", func(w *watched, pem []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = ""
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": w.file("ca.pem", pem)})
			return ""
		}, true, ""},
		{"text and other blocks around it", func(w *watched, cert []byte) string {
			key := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte("TEST")})
			bad := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("TEST")})
			w.set["NODE_EXTRA_CA_CERTS"] = w.file("ca.pem", bytes.Join([][]byte{[]byte("# Example CA"), key, bad, cert}, []byte("\r\n")))
			return ""
		}, true, ""},
		{"missing", func(w *watched, _ []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = filepath.Join(w.home.Dir, "missing.pem")
			return w.set["NODE_EXTRA_CA_CERTS"]
		}, false, "it cannot be read: "},
		{"a folder", func(w *watched, _ []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = w.home.Dir
			return w.home.Dir
		}, false, "it is not a file"},
		{"empty file", func(w *watched, _ []byte) string {
			w.set["NODE_EXTRA_CA_CERTS"] = w.file("ca.pem", nil)
			return w.set["NODE_EXTRA_CA_CERTS"]
		}, false, "there is no certificate in PEM form in it"},
		{"DER", func(w *watched, cert []byte) string {
			block, _ := pem.Decode(cert)
			path := w.file("ca.der", block.Bytes)
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": path})
			return path
		}, false, "there is no certificate in PEM form in it"},
		{"a number", func(w *watched, _ []byte) string {
			w.claudeEnv("", map[string]any{"NODE_EXTRA_CA_CERTS": 7})
			return "7"
		}, false, "it cannot be read: "},
		{"settings that do not parse", func(w *watched, _ []byte) string {
			w.claudeEnv("{", nil)
			return ""
		}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHome(t)
			path := c.set(w, w.inspected())
			b, out := w.logged()
			for range 2 {
				_, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionUsage, Key: w.home.Residents[0].Key})
				p := backend.AsProblem(err)
				switch {
				case c.trusted && err != nil:
					t.Errorf("got %v", err)
				case !c.trusted && (p == nil || !strings.Contains(p.Message, "its certificate is signed by an authority this computer does not trust") || !strings.Contains(p.Hint, "NODE_EXTRA_CA_CERTS")):
					t.Errorf("got %+v", p)
				}
			}
			res, err := b.Do(t.Context(), backend.Action{Kind: backend.ActionDoctor})
			if err != nil {
				t.Fatal(err)
			}
			var found []backend.Finding
			for _, f := range res.Findings {
				if f.ID == "extra_ca" {
					found = append(found, f)
				}
			}
			lines := strings.Count(out.String(), "extra certificate authorities")
			switch {
			case c.says == "" && len(found)+lines != 0:
				t.Errorf("found %+v, log %s", found, out)
			case c.says != "" && (len(found) != 1 || found[0].Path != path || !strings.Contains(found[0].Message, c.says) || found[0].Fix == ""):
				t.Errorf("found %+v", found)
			case c.says != "" && (lines != 1 || !strings.Contains(out.String(), path)):
				t.Errorf("the log has %d lines: %s", lines, out)
			}
		})
	}
}

// A login is told about the certificate as well.
func TestLoginBehindInspection(t *testing.T) {
	w := newHome(t)
	authority := w.inspected()
	b := w.open()
	if flow, err := b.Login(t.Context(), backend.LoginMode{Paste: true}); err != nil {
		t.Fatal(err)
	} else {
		state, _ := url.Parse(flow.URL())
		if err := flow.Paste("code#" + state.Query().Get("state")); err != nil {
			t.Error(err)
		}
		_, err := flow.Wait(t.Context())
		if p := backend.AsProblem(err); p == nil || p.Code != backend.ProblemOffline || !strings.Contains(p.Message, "its certificate is signed by") || !strings.Contains(p.Hint, "NODE_EXTRA_CA_CERTS") {
			t.Errorf("got %+v", p)
		}
	}
	w.set["NODE_EXTRA_CA_CERTS"] = w.file("ca.pem", authority)
	flow, err := w.open().Login(t.Context(), backend.LoginMode{Paste: true})
	if err != nil {
		t.Fatal(err)
	}
	defer flow.Cancel()
	state, _ := url.Parse(flow.URL())
	if err := flow.Paste("code#" + state.Query().Get("state")); err == nil || !strings.Contains(err.Error(), "did not accept") {
		t.Errorf("with the authority: %v", err)
	}
}

// The proxy of Claude Code's settings serves, also where the environment has one.
func TestProxyOfTheSettings(t *testing.T) {
	for _, c := range []struct {
		name    string
		env     map[string]string
		here    map[string]any // of the settings; here and in env PROXY stands for the proxy's address
		through bool
	}{
		{"none", nil, nil, false},
		{"settings", nil, map[string]any{"HTTPS_PROXY": "PROXY"}, true},
		{"settings, small letters", nil, map[string]any{"https_proxy": "PROXY"}, true},
		{"settings first", map[string]string{"https_proxy": "http://127.0.0.1:1"}, map[string]any{"HTTPS_PROXY": "PROXY"}, true},
		{"taken away by the settings", map[string]string{"HTTPS_PROXY": "PROXY"}, map[string]any{"HTTPS_PROXY": ""}, false},
		{"except", nil, map[string]any{"HTTPS_PROXY": "PROXY", "NO_PROXY": "provider.invalid"}, false},
		{"except, by the environment", map[string]string{"NO_PROXY": "*"}, map[string]any{"HTTPS_PROXY": "PROXY"}, false},
		{"for http alone", nil, map[string]any{"HTTP_PROXY": "PROXY"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := make(chan string, 100)
			proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked <- r.Method + " " + r.Host
				rw.WriteHeader(http.StatusForbidden)
			}))
			defer proxy.Close()
			w := newHome(t)
			w.set["BATON_PROVIDER"] = "https://provider.invalid"
			for name, value := range c.env {
				w.set[name] = strings.Replace(value, "PROXY", proxy.URL, 1)
			}
			for name, value := range c.here {
				c.here[name] = strings.Replace(value.(string), "PROXY", proxy.URL, 1)
			}
			w.claudeEnv("", c.here)
			_, err := w.open().Do(t.Context(), backend.Action{Kind: backend.ActionUsage, Key: w.home.Residents[0].Key})
			p := backend.AsProblem(err)
			if p == nil {
				t.Fatal("the provider answered")
			}
			if through := len(asked) > 0; through != c.through {
				t.Errorf("through the proxy: %t; %+v", through, p)
			}
			if c.through && (<-asked != "CONNECT provider.invalid:443" || !strings.Contains(p.Message, "the proxy refused (HTTP 403)") || !strings.Contains(p.Hint, "HTTPS_PROXY")) {
				t.Errorf("got %+v", p)
			}
		})
	}
}
