package mirror

import (
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

var (
	ada     = accounts.Identity{AccountUUID: "ada", OrganizationUUID: "own", Email: "ada@example.com"}
	adaTeam = accounts.Identity{AccountUUID: "ada", OrganizationUUID: "team", Email: "ada@example.com"}
)

func filled(t *testing.T, doc string) *filling {
	t.Helper()
	v, err := accounts.ParseVault([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return &filling{State: &oauthcore.State{Vault: v}}
}

// login is a member with a login whose refresh token has this name.
func login(name string) string {
	return `"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-` + name + `","refreshToken":"sk-ant-ort01-TEST-` + name + `"}`
}

func TestAccountOfACopy(t *testing.T) {
	const doc = `{"accounts":{"known":{"accountUuid":"ada","organizationUuid":"own"},"named":{"email":"ada@example.com"}}}`
	for name, tt := range map[string]struct {
		copy loginCopy
		want string
	}{
		"by identity, whatever its key":                 {loginCopy{key: "named", identity: ada}, "known"},
		"by key, where the account is not identified":   {loginCopy{key: "named", identity: adaTeam}, "named"},
		"by key, where the copy is not identified":      {loginCopy{key: "known", identity: accounts.Identity{AccountUUID: "ada"}}, "known"},
		"another organisation under the same key":       {loginCopy{key: "known", identity: adaTeam}, ""},
		"neither is identified":                         {loginCopy{key: "named"}, "named"},
		"an account that the vault does not have":       {loginCopy{key: "other"}, ""},
		"an identity that the vault does not have, too": {loginCopy{key: "other", identity: adaTeam}, ""},
	} {
		got := ""
		if a := accountOf(filled(t, doc).Vault, tt.copy); a != nil {
			got = a.Key
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// An account whose owner is not known stops a restore if its login may be that
// of the copy.
func TestCandidate(t *testing.T) {
	for name, tt := range map[string]struct {
		entry string // the account "u"
		done  bool
		want  bool
	}{
		"of the copy's key":        {`"email":"KEY@example.com",` + login("u"), false, true},
		"of the copy's address":    {`"email":"Ada@example.com",` + login("u"), false, true},
		"of another address":       {`"email":"grace@example.com",` + login("u"), false, false},
		"without an address":       {`"email":"work",` + login("u"), false, true},
		"found under its key":      {`"email":"grace@example.com","rival":"a",` + login("u"), false, true},
		"found under another key":  {`"email":"grace@example.com","rival":"b",` + login("u"), false, false},
		"identified":               {`"email":"ada@example.com","accountUuid":"x","organizationUuid":"y",` + login("u"), false, false},
		"without a login":          {`"email":"ada@example.com"`, false, false},
		"whose login ended":        {`"email":"ada@example.com","needsLogin":true,` + login("u"), false, false},
		"removed":                  {`"email":"ada@example.com","removed":true,` + login("u"), false, false},
		"filled from its own copy": {`"email":"ada@example.com",` + login("u"), true, false},
	} {
		f := filled(t, `{"accounts":{"a":{"email":"else@example.com",`+login("a")+`},"u":{`+tt.entry+`}}}`)
		if tt.done {
			f.done = map[string]bool{"u": true}
		}
		l := loginCopy{key: "key@example.com#team", identity: ada}
		u := f.candidate(f.Vault.Get("a"), l)
		if (u != nil) != tt.want || u != nil && u.Key != "u" {
			t.Errorf("%s: %v", name, u)
		}
	}
	// The account of the copy is none, though its owner is not known either.
	f := filled(t, `{"accounts":{"a":{"email":"ada@example.com",`+login("a")+`}}}`)
	if u := f.candidate(f.Vault.Get("a"), loginCopy{key: "a", identity: ada}); u != nil {
		t.Errorf("%v", u)
	}
	if u := f.candidate(nil, loginCopy{key: "a", identity: ada}); u == nil {
		t.Error("a copy without an account")
	}
}

// Only a login of which the vault itself knows that it is the newest is sure.
func TestFillIsUnsure(t *testing.T) {
	for name, tt := range map[string]struct {
		have, copied int64
		live         bool
		want         accounts.Doubt
		generation   int64
	}{
		"the last one counted":     {7, 7, false, "", 7},
		"never counted":            {0, 0, false, accounts.DoubtCopied, 0},
		"older":                    {8, 7, false, accounts.DoubtCopied, 8},
		"newer":                    {6, 7, false, accounts.DoubtCopied, 7},
		"live when it was copied":  {7, 7, true, accounts.DoubtCopied, 7},
		"counted by no copy":       {7, 0, false, accounts.DoubtCopied, 7},
		"counted by the copy only": {0, 7, false, accounts.DoubtCopied, 7},
	} {
		f := filled(t, "")
		a := f.Vault.Add("a", accounts.Identity{})
		a.Generation = tt.have
		l := loginCopy{key: "a", identity: ada, generation: tt.copied, live: tt.live, token: secret.New("sk-ant-ort01-TEST-copy")}
		row, err := f.fill(a, l)
		if err != nil || row.State != Restored || row.Live != tt.live || (row.Note != "") != (tt.want != "") || row.Key != "a" {
			t.Errorf("%s: %+v, %v", name, row, err)
		}
		if a.Doubt != tt.want || a.Generation != tt.generation || !a.Is(ada) || !a.Is(a.Credential.Inside()) || f.Vault.Holder(l.token) != a || !f.done["a"] {
			t.Errorf("%s: doubt %q, generation %d", name, a.Doubt, a.Generation)
		}
	}
}

// An account keeps its own label, and takes none that another account has.
func TestFillLabels(t *testing.T) {
	for name, tt := range map[string]struct{ have, other, want string }{
		"none":           {"", "", "Work"},
		"its own":        {"Lab", "", "Lab"},
		"another's":      {"", "Work", ""},
		"its own beside": {"Lab", "Work", "Lab"},
	} {
		f := filled(t, "")
		a, o := f.Vault.Add("a", ada), f.Vault.Add("o", adaTeam)
		a.Label, o.Label = tt.have, tt.other
		if _, err := f.fill(a, loginCopy{key: "a", label: "Work", token: secret.New("sk-ant-ort01-TEST-copy")}); err != nil || a.Label != tt.want {
			t.Errorf("%s: %q, %v", name, a.Label, err)
		}
	}
}

// A copy without an account gets one: under its key, or where another account
// has that, under one of its own.
func TestFillAddsAnAccount(t *testing.T) {
	for key, taken := range map[string]string{"ada@example.com": "other", "ada@example.com#team": "ada@example.com"} {
		f := filled(t, "")
		f.Vault.Add(taken, ada)
		l := loginCopy{key: "ada@example.com", identity: adaTeam, token: secret.New("sk-ant-ort01-TEST-copy")}
		row, err := f.fill(nil, l)
		if a := f.Vault.Get(key); err != nil || row.Key != key || a == nil || !a.Is(adaTeam) || f.Vault.Holder(l.token) != a {
			t.Errorf("%s: %+v, %v", key, row, err)
		}
	}
}

// Only the live account keeps its access token.
func TestFillKeepsTheLiveAccessToken(t *testing.T) {
	for _, live := range []string{"a", "b", ""} {
		f := filled(t, `{"accounts":{"a":{`+login("a")+`}}}`)
		f.live = live
		a := f.Vault.Get("a")
		if _, err := f.fill(a, loginCopy{key: "a", token: secret.New("sk-ant-ort01-TEST-copy")}); err != nil || a.Credential.AccessToken.Empty() == (live == "a") {
			t.Errorf("live %q: %v", live, err)
		}
	}
}

// Each reason not to restore has its state and code, the first of them counts.
func TestRestoreOne(t *testing.T) {
	own := `"accountUuid":"ada","organizationUuid":"own"`
	for name, tt := range map[string]struct {
		doc   string
		edit  func(*loginCopy)
		force bool
		state State
		code  view.Code
	}{
		"restored":                        {doc: `"a":{` + own + `}`, state: Restored},
		"removed":                         {doc: `"a":{` + own + `,"removed":true}`, state: Removed, code: view.CodeFailed},
		"another account's login":         {doc: `"a":{` + own + `},"b":{"email":"grace@example.com",` + login("copy") + `}`, state: Kept},
		"its login":                       {doc: `"a":{` + own + `,` + login("copy") + `}`, state: Kept},
		"a login that works":              {doc: `"a":{` + own + `,` + login("x") + `}`, state: Kept},
		"a login that works, forced":      {doc: `"a":{` + own + `,` + login("x") + `}`, force: true, state: Kept},
		"an unsure login":                 {doc: `"a":{` + own + `,"doubt":"sent","generation":1,` + login("x") + `}`, state: Kept},
		"an unsure login, forced":         {doc: `"a":{` + own + `,"doubt":"sent","generation":1,` + login("x") + `}`, force: true, state: Restored},
		"an unsure later login, forced":   {doc: `"a":{` + own + `,"doubt":"sent","generation":7,` + login("x") + `}`, force: true, state: Kept},
		"older than the last one":         {doc: `"a":{` + own + `,"generation":8}`, state: Behind, code: view.CodeNeedsLogin},
		"as old as the last one":          {doc: `"a":{` + own + `,"generation":7}`, state: Restored},
		"perhaps another one's":           {doc: `"a":{` + own + `},"u":{"email":"ada@example.com",` + login("u") + `}`, state: Lost, code: view.CodeBusy},
		"live when it was copied":         {doc: `"a":{` + own + `}`, edit: func(l *loginCopy) { l.live = true }, state: Lost, code: view.CodeNeedsLogin},
		"live, forced":                    {doc: `"a":{` + own + `}`, edit: func(l *loginCopy) { l.live = true }, force: true, state: Restored},
		"without an account in the vault": {doc: ``, state: Restored},
	} {
		f := filled(t, `{"accounts":{`+tt.doc+`}}`)
		f.force = tt.force
		l := loginCopy{key: "k@example.com", identity: ada, generation: 7, token: secret.New("sk-ant-ort01-TEST-copy")}
		if tt.edit != nil {
			tt.edit(&l)
		}
		row, err := f.restore(l)
		code := view.Code("")
		if row.Err != nil {
			code = row.Err.Code
		}
		if err != nil || row.State != tt.state || code != tt.code || row.Err != nil && row.Err.Hint == "" {
			t.Errorf("%s: %+v, %v, %v", name, row, row.Err, err)
		}
		if wantNote := name == "an unsure login"; tt.state == Kept && (row.Note != "") != wantNote {
			t.Errorf("%s: %q", name, row.Note)
		}
	}
	f := filled(t, `{"accounts":{"a":{`+own+`}}}`)
	f.Vault.Spend(secret.New("sk-ant-ort01-TEST-copy"), nil)
	if row, err := f.restore(loginCopy{key: "a", identity: ada, token: secret.New("sk-ant-ort01-TEST-copy")}); err != nil || row.State != Behind || row.Err.Code != view.CodeNeedsLogin {
		t.Errorf("a token that is used up: %+v, %v", row, err)
	}
}
