package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"
)

// authority is a certificate authority of a company's own.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Inspection CA"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}}
	a.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// serve runs a server on loopback with a certificate of the authority's that
// with changes.
func (a authority) serve(t *testing.T, with func(*x509.Certificate)) *httptest.Server {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "provider"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if with != nil {
		with(c)
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(status(200, nil, `{"access_token":"sk-ant-oat01-TEST"}`))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// What is wrong with a certificate is said, with what to do about it; the roots
// are asked for once.
func TestCertificates(t *testing.T) {
	company, other := newAuthority(t), newAuthority(t)
	for _, c := range []struct {
		name   string
		server *httptest.Server
		roots  *x509.CertPool
		reason string // "" where the request goes through
		advice string
	}{
		{"the company's", company.serve(t, nil), company.pool(), "", ""},
		{"the system's roots alone", company.serve(t, nil), nil, "is signed by an authority this computer does not trust", adviceAuthority},
		{"another authority", company.serve(t, nil), other.pool(), "is signed by an authority this computer does not trust", adviceAuthority},
		{
			"expired", company.serve(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
			company.pool(), "has expired or is not valid yet", adviceClock,
		},
		{
			"not valid yet", company.serve(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
			company.pool(), "has expired or is not valid yet", adviceClock,
		},
		{
			"another address", company.serve(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} }),
			company.pool(), "is for another host name", adviceHost,
		},
		{
			"a name and no address", company.serve(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"login.hotel.example"} }),
			company.pool(), "is for another host name", adviceHost,
		},
		{
			"not for servers", company.serve(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			company.pool(), "is not trusted", adviceAuthority,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			client := clientOf(t, c.server.URL, Options{Roots: func() *x509.CertPool {
				asked++
				return c.roots
			}})
			for range 2 {
				_, err := client.Refresh(t.Context(), secret.New(testRefresh), nil)
				if c.reason == "" {
					if err != nil {
						t.Error(err)
					}
					continue
				}
				wantKind(t, err, ErrNetwork, 0)
				var pe *Error
				if !errors.As(err, &pe) {
					t.Fatalf("got %v", err)
				}
				if want := "the provider cannot be reached: its certificate " + c.reason; pe.Reason() != want || pe.Advice() != c.advice {
					t.Errorf("%q, %q, want %q, %q", pe.Reason(), pe.Advice(), want, c.advice)
				}
				if Sent(err) {
					t.Error("it counts as sent")
				}
			}
			if asked != 1 {
				t.Errorf("the roots were asked for %d times", asked)
			}
		})
	}
}

// The proxy comes from the options; its own certificate and an address that
// cannot be read are its trouble, and neither is repeated.
func TestProxyOption(t *testing.T) {
	company := newAuthority(t)
	proxied := 0
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied++
		w.WriteHeader(http.StatusForbidden)
	}))
	defer plain.Close()
	for _, c := range []struct {
		name, proxy string
		err         error
		reason      string
		advice      string
	}{
		{"refuses", plain.URL, nil, "the proxy refused (HTTP 403)", adviceProxy},
		{"unknown certificate", company.serve(t, nil).URL, nil, "the proxy cannot be reached: its certificate is signed by an authority this computer does not trust", adviceAuthority},
		{"cannot be read", "", errors.New("sk-ant-oat01-TEST"), "the proxy's address cannot be read", adviceProxy},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := clientOf(t, "https://provider.example", Options{Proxy: func(*http.Request) (*url.URL, error) {
				if c.err != nil {
					return nil, c.err
				}
				return url.Parse(c.proxy)
			}})
			_, err := client.Refresh(t.Context(), secret.New(testRefresh), nil)
			wantKind(t, err, ErrNetwork, 0)
			var pe *Error
			if !errors.As(err, &pe) || pe.Reason() != "the provider cannot be reached: "+c.reason || pe.Advice() != c.advice {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), "sk-ant") {
				t.Errorf("it repeats the proxy's error: %v", err)
			}
		})
	}
	if proxied != 1 {
		t.Errorf("the proxy was asked %d times", proxied)
	}
}
