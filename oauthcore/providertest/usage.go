//go:build !js

package providertest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (p *Provider) handleUsage(w http.ResponseWriter, r *http.Request) {
	p.respond(w, p.bearerCall(EndpointUsage, r), func(Fault) answer {
		p.mu.Lock()
		defer p.mu.Unlock()
		who, no, ok := p.bearer(r)
		if !ok {
			return no
		}
		if !hasBeta(r.Header.Values("anthropic-beta")) {
			return apiError(http.StatusUnauthorized, "authentication_error", "OAuth authentication is currently not supported.")
		}
		if wait := p.spendUsageCall(who); wait > 0 {
			return apiError(http.StatusTooManyRequests, "rate_limit_error", "Rate limited. Please try again later.").retryAfter(wait)
		}
		p.usageTurns[who]++
		var jitter time.Duration
		if p.usageTurns[who]%2 == 0 {
			jitter = who.Usage.Jitter
		}
		return jsonAnswer(http.StatusOK, usageOf(who.Usage, p.now(), jitter))
	})
}

// hasBeta reads the header as the list it is.
func hasBeta(values []string) bool {
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			if strings.TrimSpace(one) == UsageBeta {
				return true
			}
		}
	}
	return false
}

// spendUsageCall counts a call against the account's hour and gives how long
// to wait if there is none left. Refused calls are not counted. The caller
// holds mu.
func (p *Provider) spendUsageCall(who *Person) time.Duration {
	now := p.now()
	recent := slices.DeleteFunc(p.usageCalls[who], func(t time.Time) bool { return !t.Add(usageWindow).After(now) })
	if len(recent) >= usageCallsAnHour {
		p.usageCalls[who] = recent
		return recent[0].Add(usageWindow).Sub(now)
	}
	p.usageCalls[who] = append(recent, now)
	return 0
}

type namedWindow struct {
	Utilization float64 `json:"utilization"`
	ResetsAt    *string `json:"resets_at"`
}

type limitModel struct {
	ID          *string `json:"id"`
	DisplayName string  `json:"display_name"`
}

type limitScope struct {
	Model   limitModel `json:"model"`
	Surface *string    `json:"surface"`
}

type limit struct {
	Kind     string      `json:"kind"`
	Group    string      `json:"group"`
	Percent  float64     `json:"percent"`
	Severity string      `json:"severity"`
	ResetsAt *string     `json:"resets_at"`
	Scope    *limitScope `json:"scope"`
	IsActive bool        `json:"is_active"`
}

type extraUsage struct {
	IsEnabled    bool     `json:"is_enabled"`
	MonthlyLimit *float64 `json:"monthly_limit"`
	UsedCredits  *float64 `json:"used_credits"`
	Utilization  *float64 `json:"utilization"`
}

type usageBody struct {
	FiveHour       *namedWindow `json:"five_hour"`
	SevenDay       *namedWindow `json:"seven_day"`
	SevenDayOpus   *namedWindow `json:"seven_day_opus"`
	SevenDaySonnet *namedWindow `json:"seven_day_sonnet"`
	ExtraUsage     extraUsage   `json:"extra_usage"`
	Limits         []limit      `json:"limits,omitempty"`
}

// usageOf is the answer for these figures at this moment.
func usageOf(u Usage, now time.Time, jitter time.Duration) usageBody {
	at := func(w Window) Window {
		switch {
		case w.ResetsAt.IsZero():
			return w
		case !w.ResetsAt.After(now): // reset, and not started again
			return Window{}
		}
		w.ResetsAt = w.ResetsAt.Add(jitter)
		return w
	}
	var out usageBody
	if u.Shape != ShapeLimits {
		named := func(w Window) *namedWindow {
			w = at(w)
			return &namedWindow{Utilization: w.Percent, ResetsAt: isoTime(w.ResetsAt)}
		}
		if u.FiveHour != nil {
			out.FiveHour = named(*u.FiveHour)
		}
		if u.SevenDay != nil {
			out.SevenDay = named(*u.SevenDay)
		}
		for _, m := range u.Models {
			switch m.Name {
			case "Opus":
				out.SevenDayOpus = named(m.Window)
			case "Sonnet":
				out.SevenDaySonnet = named(m.Window)
			}
		}
	}
	if u.Shape != ShapeWindows {
		out.Limits = limitsOf(u, at)
	}
	return out
}

func limitsOf(u Usage, at func(Window) Window) []limit {
	var out []limit
	add := func(kind, group string, w Window, model string) {
		w = at(w)
		l := limit{Kind: kind, Group: group, Percent: w.Percent, Severity: severity(w.Percent), ResetsAt: isoTime(w.ResetsAt)}
		if model != "" {
			l.Scope = &limitScope{Model: limitModel{DisplayName: model}}
		}
		out = append(out, l)
	}
	if u.FiveHour != nil {
		add("session", "session", *u.FiveHour, "")
	}
	if u.SevenDay != nil {
		add("weekly_all", "weekly", *u.SevenDay, "")
	}
	for _, m := range u.Models {
		add("weekly_scoped", "weekly", m.Window, m.Name)
	}
	// The one nearest its end is the one that counts now.
	most := -1
	for i, l := range out {
		if l.Percent > 0 && (most < 0 || l.Percent > out[most].Percent) {
			most = i
		}
	}
	if most >= 0 {
		out[most].IsActive = true
	}
	return out
}

func severity(percent float64) string {
	switch {
	case percent >= 100:
		return "critical"
	case percent >= 75:
		return "warning"
	}
	return "normal"
}
