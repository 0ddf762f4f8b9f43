package provider

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

func wantKind(t *testing.T, err error, kind Kind, code int) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *Error: %v", err)
	}
	if e.Kind != kind || !errors.Is(err, kind) || e.Status != code {
		t.Errorf("got %q with status %d, want %q with %d (%v)", e.Kind, e.Status, kind, code, err)
	}
	noSecrets(t, err)
}

func TestGrant(t *testing.T) {
	at := func(s int) time.Time { return fixedNow().Add(time.Duration(s) * time.Second) }
	tests := []struct {
		name   string
		answer string
		want   Grant
	}{
		{
			"everything told",
			`{"access_token":"sk-ant-oat01-TEST","refresh_token":"sk-ant-ort01-TEST","expires_in":28800,"refresh_token_expires_in":2592000,"scope":"user:inference user:profile","token_type":"Bearer","account":{"uuid":"a-1","email_address":"a@example.com"},"organization":{"uuid":"o-1","name":"Home"}}`,
			Grant{
				secret.New("sk-ant-oat01-TEST"), secret.New("sk-ant-ort01-TEST"), at(28800), at(2592000),
				[]string{"user:inference", "user:profile"},
				"a-1", "a@example.com", "o-1", "Home",
			},
		},
		{"only an access token", `{"access_token":"TEST"}`, Grant{AccessToken: secret.New("TEST")}},
		{
			"nulls and odd types",
			`{"access_token":"TEST","refresh_token":null,"expires_in":"soon","refresh_token_expires_in":{},"scope":7,"account":"x","organization":[]}`,
			Grant{AccessToken: secret.New("TEST")},
		},
		{"empty scope", `{"access_token":"TEST","scope":" "}`, Grant{AccessToken: secret.New("TEST")}},
		{"scope as an array", `{"access_token":"TEST","scope":["a","b",3]}`, Grant{AccessToken: secret.New("TEST"), Scopes: []string{"a", "b"}}},
		{"numbers as strings", `{"access_token":"TEST","expires_in":"60"}`, Grant{AccessToken: secret.New("TEST"), ExpiresAt: at(60)}},
		{"lapsed at once", `{"access_token":"TEST","expires_in":-5}`, Grant{AccessToken: secret.New("TEST"), ExpiresAt: at(0)}},
		{"absurdly long", `{"access_token":"TEST","expires_in":1e300}`, Grant{AccessToken: secret.New("TEST"), ExpiresAt: fixedNow().Add(maxLifetime)}},
		{"no number at all", `{"access_token":"TEST","expires_in":1e999,"refresh_token_expires_in":"NaN"}`, Grant{AccessToken: secret.New("TEST")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := serve(t, status(http.StatusOK, nil, test.answer))
			got, err := clientOf(t, server.URL, Options{Now: fixedNow}).Refresh(t.Context(), secret.New(testRefresh), nil)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

// A refresh token that came without an access token is issued all the same.
func TestGrantWithoutAccessToken(t *testing.T) {
	server := serve(t, status(http.StatusOK, nil, `{"refresh_token":"sk-ant-ort01-TEST-new","account":{"uuid":"a-1"}}`))
	client := clientOf(t, server.URL, Options{})
	for op, do := range map[string]func() (Grant, error){
		opRefresh:  func() (Grant, error) { return client.Refresh(t.Context(), secret.New(testRefresh), nil) },
		opExchange: func() (Grant, error) { return client.Exchange(t.Context(), testExchange()) },
	} {
		t.Run(op, func(t *testing.T) {
			got, err := do()
			wantKind(t, err, ErrLost, 200)
			if !Sent(err) || got.RefreshToken.Reveal() != "sk-ant-ort01-TEST-new" || got.AccountUUID != "a-1" {
				t.Errorf("got %v of %q, sent %t", got.RefreshToken, got.AccountUUID, Sent(err))
			}
		})
	}
}

func TestProfile(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		name   string
		answer string
		want   Profile
		plan   string
	}{
		{
			"everything told",
			`{"account":{"uuid":"a-1","email":"a@example.com","full_name":"A B","display_name":"A","created_at":"2024-01-02T03:04:05.678901Z","has_claude_max":true,"has_claude_pro":false},
			  "organization":{"uuid":"o-1","name":"Home","organization_type":"claude_max","rate_limit_tier":"default_claude_max_20x","seat_tier":"x","billing_type":"stripe_subscription","has_extra_usage_enabled":false,"subscription_created_at":"2025-01-01T00:00:00Z"}}`,
			Profile{
				ProfileAccount{"a-1", "a@example.com", "A B", "A", "2024-01-02T03:04:05.678901Z", &yes, &no},
				ProfileOrganization{"o-1", "Home", "claude_max", "default_claude_max_20x", "x", "stripe_subscription", &no, "2025-01-01T00:00:00Z"},
			},
			"max",
		},
		{"nothing told", `{}`, Profile{}, ""},
		{"odd types", `{"account":[1],"organization":{"uuid":3,"organization_type":null,"has_extra_usage_enabled":"yes"}}`, Profile{}, ""},
		{"pro", `{"organization":{"organization_type":"claude_pro"}}`, Profile{Organization: ProfileOrganization{Type: "claude_pro"}}, "pro"},
		{"team", `{"organization":{"organization_type":"claude_team"}}`, Profile{Organization: ProfileOrganization{Type: "claude_team"}}, "team"},
		{"enterprise", `{"organization":{"organization_type":"claude_enterprise"}}`, Profile{Organization: ProfileOrganization{Type: "claude_enterprise"}}, "enterprise"},
		{"a plan to come", `{"organization":{"organization_type":"claude_ultra"}}`, Profile{Organization: ProfileOrganization{Type: "claude_ultra"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := serve(t, status(http.StatusOK, nil, test.answer))
			got, err := clientOf(t, server.URL, Options{}).Profile(t.Context(), secret.New(testAccess))
			if err != nil || !reflect.DeepEqual(got, test.want) || got.Plan() != test.plan {
				t.Errorf("got %+v with plan %q, %v", got, got.Plan(), err)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	reset := time.Date(2026, 5, 17, 15, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		answer string
		want   Usage
	}{
		{
			"windows by name",
			`{"five_hour":{"utilization":61.5,"resets_at":"2026-05-17T15:00:00.000000+00:00"},"seven_day":{"utilization":34,"resets_at":"2026-05-17T17:00:00+02:00"},"seven_day_opus":{"utilization":12,"resets_at":null},"seven_day_sonnet":null,"extra_usage":{"is_enabled":true,"utilization":9}}`,
			Usage{&Window{61.5, reset}, &Window{34, reset}, []ModelWindow{{"Opus", Window{Percent: 12}}}},
		},
		{
			"limits alone",
			`{"limits":[{"kind":"session","group":"session","percent":2,"resets_at":"2026-05-17T15:00:00Z","scope":null,"is_active":false},
			{"kind":"weekly_all","group":"weekly","percent":61,"resets_at":null,"scope":null},
			{"kind":"weekly_scoped","group":"weekly","percent":100,"resets_at":"2026-05-17T15:00:00Z","scope":{"model":{"id":null,"display_name":"Fable"},"surface":null},"is_active":true},
			{"kind":"weekly_scoped","group":"weekly","percent":7,"scope":{"model":{"id":"model-x"}}},
			{"kind":"weekly_scoped","group":"weekly","percent":9,"scope":{"model":null,"surface":{"display_name":"Web"}}}]}`,
			Usage{&Window{2, reset}, &Window{Percent: 61}, []ModelWindow{{"Fable", Window{100, reset}}, {"model-x", Window{Percent: 7}}}},
		},
		{
			"limits with the other kinds",
			`{"limits":[{"kind":"five_hour","percent":1},{"kind":"seven_day","percent":2},{"kind":"seven_day_opus","percent":3},{"kind":"seven_day_sonnet","percent":4},{"kind":"five_hour","percent":99},{"kind":"weekly","percent":98}]}`,
			Usage{&Window{Percent: 1}, &Window{Percent: 2}, []ModelWindow{{"Opus", Window{Percent: 3}}, {"Sonnet", Window{Percent: 4}}}},
		},
		{
			"both forms: the name wins, limits add",
			`{"five_hour":{"utilization":10,"resets_at":null},"seven_day_opus":{"utilization":20},"limits":[{"kind":"session","percent":50},{"kind":"weekly_all","percent":60},{"kind":"weekly_scoped","percent":70,"scope":{"model":{"display_name":"opus"}}},{"kind":"weekly_scoped","percent":80,"scope":{"model":{"display_name":"Fable"}}}]}`,
			Usage{&Window{Percent: 10}, &Window{Percent: 60}, []ModelWindow{{"Opus", Window{Percent: 20}}, {"Fable", Window{Percent: 80}}}},
		},
		{
			"clamped, and times as numbers",
			`{"five_hour":{"utilization":-3,"resets_at":1779030000},"seven_day":{"utilization":"250","resets_at":1779030000000},"seven_day_opus":{"utilization":1,"resets_at":-1},"seven_day_sonnet":{"utilization":1,"resets_at":"1779030000"}}`,
			Usage{&Window{0, reset}, &Window{100, reset}, []ModelWindow{{"Opus", Window{Percent: 1}}, {"Sonnet", Window{1, reset}}}},
		},
		{
			"odd types spoil only themselves",
			`{"five_hour":{"utilization":null,"resets_at":{}},"seven_day":{"utilization":5,"resets_at":[1]},"seven_day_opus":[],"seven_day_sonnet":"x","limits":[null,3,"x",{},{"kind":7,"percent":1},{"kind":"session","percent":true},{"kind":"weekly_scoped","percent":1,"scope":"x"},{"kind":"never_heard_of","percent":1}]}`,
			Usage{nil, &Window{Percent: 5}, nil},
		},
		{"limits of another shape", `{"limits":{"session":1}}`, Usage{}},
		{"a time out of all bounds", `{"five_hour":{"utilization":1,"resets_at":1e15}}`, Usage{FiveHour: &Window{Percent: 1}}},
		{"a name that is not fit to show", `{"limits":[{"percent":1,"scope":{"model":{"display_name":"Fa\u001b[31m\u202eble\nX"}}},{"percent":1,"scope":{"model":{"display_name":"sk-ant-oat01-TEST"}}}]}`, Usage{Models: []ModelWindow{{"Fa[31mble X", Window{Percent: 1}}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := serve(t, status(http.StatusOK, nil, test.answer))
			got, err := clientOf(t, server.URL, Options{}).Usage(t.Context(), secret.New(testAccess))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"access_token":"x","expires_in":1,"scope":["a"],"account":{"uuid":"u"}}`))
	f.Add([]byte(`{"five_hour":{"utilization":1e308,"resets_at":99999999999999},"limits":[{"percent":"1","scope":{"model":{"display_name":"x"}}}]}`))
	f.Add([]byte(`{"error":{"type":"invalid_grant","message":"sk-ant-"}}`))
	f.Add([]byte(strings.Repeat("[", 20000)))
	f.Fuzz(func(t *testing.T, body []byte) {
		object, ok := jsonObject(body)
		if !ok {
			if code, description := refusalBody(body); code != "" || description != "" {
				t.Fatalf("read %q, %q from what is no object", code, description)
			}
			return
		}
		g := parseGrant(object, fixedNow())
		for _, at := range []time.Time{g.ExpiresAt, g.RefreshTokenExpiresAt} {
			if !at.IsZero() && (at.Before(fixedNow()) || at.After(fixedNow().Add(maxLifetime))) {
				t.Fatalf("token ends at %v", at)
			}
		}
		u := parseUsage(object)
		for _, w := range []*Window{u.FiveHour, u.SevenDay} {
			if w != nil && (!(w.Percent >= 0 && w.Percent <= 100) || w.ResetsAt.Year() > 9999) {
				t.Fatalf("window %+v", w)
			}
		}
		for _, m := range u.Models {
			if m.Name == "" || !(m.Percent >= 0 && m.Percent <= 100) {
				t.Fatalf("model %+v", m)
			}
		}
		_, description := refusalBody(body)
		shown(t, Words(description, nil))
	})
}

// ParseBytes on purpose: parsers must hold for any JSON value.
func TestParsersTakeAnyValue(t *testing.T) {
	for _, value := range []string{`null`, `3`, `"x"`, `[]`, `true`} {
		r := gjson.Parse(value)
		if g := parseGrant(r, fixedNow()); !reflect.DeepEqual(g, Grant{}) {
			t.Errorf("%s gave %+v", value, g)
		}
		if u := parseUsage(r); !reflect.DeepEqual(u, Usage{}) {
			t.Errorf("%s gave %+v", value, u)
		}
	}
}
