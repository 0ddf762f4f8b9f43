package provider

import (
	"context"
	"strings"
	"time"

	"baton/oauthcore/secret"

	"github.com/tidwall/gjson"
)

// usageBeta is the header value the usage endpoint wants.
const usageBeta = "oauth-2025-04-20"

// Window is one usage window.
type Window struct {
	Percent  float64   // used, 0 to 100
	ResetsAt time.Time // UTC; zero when unknown or not started
}

// ModelWindow is a weekly window that counts one model only.
type ModelWindow struct {
	Name string // for people, such as "Opus"
	Window
}

// Usage is how much of its limits an account has used; nil where not told.
type Usage struct {
	FiveHour *Window
	SevenDay *Window
	Models   []ModelWindow
}

// Usage asks how much of the limits is used. The provider allows about 28
// calls an hour. Whatever is missing, null or of an unexpected type is left
// out and fails nothing. A context that ends gives its own error; other errors
// are *Error.
func (c *Client) Usage(ctx context.Context, access secret.Secret) (Usage, error) {
	answer, err := c.query(ctx, call{
		op:        opUsage,
		endpoint:  c.endpoints.Usage,
		bearer:    access,
		beta:      usageBeta,
		presented: []secret.Secret{access},
	})
	if err != nil {
		return Usage{}, err
	}
	return parseUsage(answer), nil
}

// ParseUsage reads an answer of the usage endpoint that another program kept.
// What cannot be understood tells nothing.
func ParseUsage(answer []byte) Usage {
	if !gjson.ValidBytes(answer) {
		return Usage{}
	}
	return parseUsage(gjson.ParseBytes(answer))
}

// parseUsage understands two forms, together or either alone: one member for
// each window, and the newer array "limits". Where both tell of a window the
// member wins, since it is the one with a documented past.
func parseUsage(answer gjson.Result) Usage {
	u := Usage{
		FiveHour: window(answer.Get("five_hour"), "utilization"),
		SevenDay: window(answer.Get("seven_day"), "utilization"),
	}
	u.addModel("Opus", window(answer.Get("seven_day_opus"), "utilization"))
	u.addModel("Sonnet", window(answer.Get("seven_day_sonnet"), "utilization"))
	limits := answer.Get("limits")
	if !limits.IsArray() {
		return u
	}
	for _, limit := range limits.Array() {
		u.addLimit(limit)
	}
	return u
}

// addLimit reads one element of "limits":
// {"kind","group","percent","resets_at","scope":{"model":{"display_name"}}}.
// A scope makes it count one model, or something else that is no concern of
// the account as a whole.
func (u *Usage) addLimit(limit gjson.Result) {
	w := window(limit, "percent")
	if w == nil {
		return
	}
	if scope := limit.Get("scope"); scope.Exists() && scope.Type != gjson.Null {
		u.addModel(modelName(scope.Get("model")), w)
		return
	}
	switch text(limit.Get("kind")) {
	case "session", "five_hour":
		if u.FiveHour == nil {
			u.FiveHour = w
		}
	case "weekly_all", "weekly", "seven_day":
		if u.SevenDay == nil {
			u.SevenDay = w
		}
	case "seven_day_opus":
		u.addModel("Opus", w)
	case "seven_day_sonnet":
		u.addModel("Sonnet", w)
	}
}

// addModel adds a model's window unless that model has one.
func (u *Usage) addModel(name string, w *Window) {
	if name == "" || w == nil {
		return
	}
	for _, have := range u.Models {
		if strings.EqualFold(have.Name, name) {
			return
		}
	}
	u.Models = append(u.Models, ModelWindow{Name: name, Window: *w})
}

// modelName is a model's name for people, made fit to show.
func modelName(model gjson.Result) string {
	name := text(model.Get("display_name"))
	if name == "" {
		name = text(model.Get("id"))
	}
	return Words(name, nil)
}

// window reads one window, nil when its percentage is not told.
func window(r gjson.Result, member string) *Window {
	percent, ok := number(r.Get(member))
	if !ok {
		return nil
	}
	return &Window{Percent: min(max(percent, 0), 100), ResetsAt: moment(r.Get("resets_at"))}
}

// moment reads an ISO time, or a Unix time in seconds or milliseconds; the
// zero time for anything else.
func moment(r gjson.Result) time.Time {
	if r.Type == gjson.String {
		if t, err := time.Parse(time.RFC3339, r.String()); err == nil {
			return t.UTC()
		}
	}
	n, ok := number(r)
	const (
		secondsEnd = 1e11 // the year 5138; from here on it is milliseconds
		millisEnd  = 1e14
	)
	switch {
	case !ok || n <= 0 || n >= millisEnd:
		return time.Time{}
	case n < secondsEnd:
		return time.UnixMilli(int64(n * 1000)).UTC()
	}
	return time.UnixMilli(int64(n)).UTC()
}
