package login

import "testing"

func TestCheckNamed(t *testing.T) {
	const own = "https://claude.com/cai/oauth/authorize"
	for address, want := range map[string]string{
		"http://localhost:3001/oauth/authorize":                                                   "localhost:3001",
		"http://127.0.0.1:3001/oauth/authorize?x=y":                                               "127.0.0.1:3001",
		"http://[::1]:3001/oauth/authorize":                                                       "[::1]:3001",
		own + "?code=true&redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback&state=s":          "localhost:4545",
		"https://claude.ai/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback": "localhost:4545",
		own: "",
		own + "?redirect_uri=https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback":                       "",
		"http://claude.com/cai/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback":           "",
		"https://claude.com.evil.example/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback": "",
		"https://evil.example/oauth/authorize":                                                                  "",
		"http://evil.example:3001/oauth/authorize":                                                              "",
		"http://localhost.evil.example:3001/oauth/authorize":                                                    "",
		"http://localhost:3001/admin/delete":                                                                    "",
		"http://localhost/oauth/authorize":                                                                      "",
		"http://me@localhost:3001/oauth/authorize":                                                              "",
		"javascript:alert(1)//oauth/authorize":                                                                  "",
		"http://localhost:3001/oauth/authorize and more":                                                        "",
		"http://localhost:3001/oauth/authorize?x=y.":                                                            "",
		"http://10.0.0.1:3001/oauth/authorize":                                                                  "",
		"https://localhost:3001/oauth/authorize":                                                                "",
		own + "?redirect_uri=%3A%25zz":                                                                          "",
		"":                                                                                                      "",
	} {
		got, ok := CheckNamed(address, own)
		if ok != (want != "") || got.Listener != want || ok && got.Address != address {
			t.Errorf("%s: %+v, %v; want a listener at %q", address, got, ok, want)
		}
	}
	base := "http://127.0.0.1:9999/oauth/authorize"
	if got, ok := CheckNamed(base+"?redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback", base); !ok || got.Listener != "localhost:4545" {
		t.Errorf("another provider's own: %+v, %v", got, ok)
	}
	for _, authorize := range []string{base, "https://provider.example/oauth/authorize", "https://provider.example:x/oauth/authorize"} {
		if got, ok := CheckNamed("https://claude.ai/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A4545%2Fcallback", authorize); ok {
			t.Errorf("another provider than %s: %+v", authorize, got)
		}
	}
}
