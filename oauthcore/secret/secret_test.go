package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const value = "sk-ant-oat01-TEST-value"

type holder struct {
	Name  string
	Token Secret
	Ptr   *Secret
}

// Whatever prints, logs or marshals a secret, alone or inside something, must
// not show it.
func TestNothingShowsTheValue(t *testing.T) {
	s := New(value)
	h := holder{"x", s, &s}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %[1]v"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", &s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", []Secret{s})
		fmt.Fprintf(&out, verb+"\n", map[string]Secret{"k": s})
	}
	fmt.Fprintln(&out, errors.New(fmt.Sprint(s)), s.String(), s.GoString())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
		b, err := marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "secret", s, "holder", h)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "secret", s, "holder", h)
	out.Write(log.Bytes())
	for _, form := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprint([]byte(value))} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the value shows as %q in:\n%s", form, out.String())
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing says that something was left out")
	}
}

func TestIdentity(t *testing.T) {
	a, b, none := New(value), New(value), Secret{}
	if !a.Equal(b) || a.Equal(none) || a.Empty() || !none.Empty() || a.Reveal() != value {
		t.Error("equality or emptiness is wrong")
	}
	// SHA-256 of the empty string must not identify an absent token.
	if none.Fingerprint() != "" || len(a.Fingerprint()) != 64 || a.Fingerprint() != b.Fingerprint() || strings.Contains(a.Fingerprint(), "TEST") {
		t.Errorf("fingerprint %q", a.Fingerprint())
	}
}
