//go:build !js

package local

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"sync"

	"baton/app/backend"
	"baton/oauthcore/claude"

	"golang.org/x/net/http/httpproxy"
)

// extraCA is the variable people set for Claude Code: a PEM file with
// certificate authorities that count beside the system's
// (https://nodejs.org/api/cli.html#node_extra_ca_certsfile).
const extraCA = "NODE_EXTRA_CA_CERTS"

// maxCA bounds that file, in bytes; all of the system's authorities take some
// 250 kB.
const maxCA = 16 << 20

// network is how requests reach the provider: by the variables of the
// environment, replaced by those that Claude Code sets from `env` in the managed
// settings and the user's. They are read once, when they are needed.
type network struct {
	lookup claude.Lookup
	store  *claude.Store // set before the first request
	log    *slog.Logger

	once    sync.Once
	roots   *x509.CertPool // nil: the system's
	proxy   func(*url.URL) (*url.URL, error)
	finding *backend.Finding // what is wrong with the extra authorities
}

// Roots gives the authorities to trust, nil for the system's.
func (n *network) Roots() *x509.CertPool {
	n.load()
	return n.roots
}

// Proxy picks the proxy for a request.
func (n *network) Proxy(r *http.Request) (*url.URL, error) {
	n.load()
	return n.proxy(r.URL)
}

// Finding is what the doctor reports, nil for nothing.
func (n *network) Finding() *backend.Finding {
	n.load()
	return n.finding
}

func (n *network) load() { n.once.Do(n.read) }

func (n *network) read() {
	set := n.store.Variables(n.lookup)
	var c httpproxy.Config
	c.HTTPProxy, _ = set.Pick("HTTP_PROXY", "http_proxy")
	c.HTTPSProxy, _ = set.Pick("HTTPS_PROXY", "https_proxy")
	c.NoProxy, _ = set.Pick("NO_PROXY", "no_proxy")
	cgi, _ := n.lookup("REQUEST_METHOD")
	c.CGI = cgi != "" // as net/http: there HTTP_PROXY is a header of the request
	n.proxy = c.ProxyFunc()

	path, from := set.Pick(extraCA)
	if path == "" {
		return
	}
	if from == claude.EnvironmentSource {
		from = "the environment"
	}
	certs, err := readCertificates(path)
	if err == nil {
		n.roots = withSystem(certs)
		return
	}
	n.log.Warn("extra certificate authorities cannot be read; the system's alone are trusted", "path", path, "source", from, "error", err)
	n.finding = &backend.Finding{
		ID: "extra_ca", Severity: backend.SeverityWarning, Path: path,
		Message: fmt.Sprintf("%s (set in %s) names this file for certificate authorities, and %s; the system's authorities alone are trusted", extraCA, from, err),
		Fix:     "set " + extraCA + " to a PEM file that can be read, or unset it",
	}
}

// readCertificates reads a PEM file. The error is for people and names no path.
func readCertificates(path string) ([]*x509.Certificate, error) {
	// Opening what is no file, such as a named pipe, may wait without end.
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, fmt.Errorf("it cannot be read: %w", bare(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a file")
	case info.Size() > maxCA:
		return nil, errors.New("it is too large for a list of certificates")
	}
	doc, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", bare(err))
	}
	var certs []*x509.Certificate
	for {
		var block *pem.Block
		if block, doc = pem.Decode(doc); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			certs = append(certs, cert)
		}
	}
	if len(certs) == 0 {
		return nil, errors.New("there is no certificate in PEM form in it")
	}
	return certs, nil
}

// bare is an error of a file without the path.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// withSystem adds certificates to the system's authorities.
func withSystem(certs []*x509.Certificate) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil { // none can be read; these are better than none
		pool = x509.NewCertPool()
	}
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool
}
