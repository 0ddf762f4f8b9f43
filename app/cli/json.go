//go:build !js

package cli

import "baton/app/backend"

// schemaVersion is raised when a member changes its meaning or goes away; new
// members may appear without it.
const schemaVersion = 1

// version stands first in every answer.
type version struct {
	SchemaVersion int `json:"schemaVersion"`
}

// The answers. An absent value is null, never left out, but for members that
// came later and only some people have; an array is never null; times are
// RFC 3339 in UTC, to the second.
type (
	listJSON struct {
		version
		Active   *string       `json:"active"`
		Live     liveJSON      `json:"live"`
		Accounts []accountJSON `json:"accounts"`
	}

	statusJSON struct {
		version
		Active    *string        `json:"active"`
		Live      liveJSON       `json:"live"`
		Account   *accountJSON   `json:"account"`
		Overrides []overrideJSON `json:"overrides"`
		Sessions  []sessionJSON  `json:"sessions"`
		Next      *nextJSON      `json:"next"`
		Forced    *forcedJSON    `json:"forcedOrganizations,omitempty"`
	}

	swapJSON struct {
		version
		From      *string `json:"from"`
		To        string  `json:"to"`
		Refreshed bool    `json:"refreshed"`
		SetAside  *string `json:"setAside"`
	}

	refreshJSON struct {
		version
		Results []refreshRowJSON `json:"results"`
	}

	usageAnswerJSON struct {
		version
		Results []usageRowJSON `json:"results"`
	}

	errorJSON struct {
		version
		Error *problemJSON `json:"error"`
	}
)

// The parts of answers.
type (
	liveJSON struct {
		Present bool    `json:"present"`
		Email   *string `json:"email"`
		Reason  *string `json:"reason"`
	}

	organizationJSON struct {
		UUID *string `json:"uuid"`
		Name *string `json:"name"`
	}

	accountJSON struct {
		Key             string           `json:"key"`
		Email           string           `json:"email"`
		Label           *string          `json:"label"`
		Organization    organizationJSON `json:"organization"`
		Plan            *string          `json:"plan"`
		Tier            *string          `json:"tier"`
		State           string           `json:"state"`
		Active          bool             `json:"active"`
		Notices         []string         `json:"notices"`
		LimitedUntil    *string          `json:"limitedUntil"`
		AccessExpiresAt *string          `json:"accessExpiresAt"`
		LoginExpiresAt  *string          `json:"loginExpiresAt"`
		Usage           *usageJSON       `json:"usage"`
		Refused         *string          `json:"refused"` // the provider's own words
	}

	usageJSON struct {
		FiveHour   *windowJSON `json:"fiveHour"`
		NoFiveHour bool        `json:"noFiveHour,omitempty"` // the plan has no such window
		SevenDay   *windowJSON `json:"sevenDay"`
		Models     []modelJSON `json:"models"`
		ObservedAt *string     `json:"observedAt"`
		Source     *string     `json:"source"`
	}

	windowJSON struct {
		Percent  *float64 `json:"percent"` // used, 0 to 100
		ResetsAt *string  `json:"resetsAt"`
	}

	modelJSON struct {
		Name     string   `json:"name"`
		Percent  *float64 `json:"percent"`
		ResetsAt *string  `json:"resetsAt"`
	}

	overrideJSON struct {
		Source string `json:"source"`
		Name   string `json:"name"`
		// PrintOnly says that it applies to `claude -p` only.
		PrintOnly bool `json:"printOnly,omitempty"`
	}

	forcedJSON struct {
		UUIDs  []string `json:"uuids"`
		Source string   `json:"source"`
	}

	sessionJSON struct {
		PID int    `json:"pid"`
		Cwd string `json:"cwd"`
	}

	nextJSON struct {
		Key    string `json:"key"`
		Reason string `json:"reason"`
	}

	refreshRowJSON struct {
		Key             string       `json:"key"`
		OK              bool         `json:"ok"`
		Error           *problemJSON `json:"error"`
		AccessExpiresAt *string      `json:"accessExpiresAt"`
	}

	usageRowJSON struct {
		Key   string       `json:"key"`
		OK    bool         `json:"ok"`
		Error *problemJSON `json:"error"`
		Usage *usageJSON   `json:"usage"`
	}

	problemJSON struct {
		Code    string  `json:"code"`
		Message string  `json:"message"`
		Hint    *string `json:"hint"`
	}
)

func listJSONOf(s backend.Snapshot) *listJSON {
	out := &listJSON{
		Active:   orNull(s.Active),
		Live:     liveJSONOf(s.Live),
		Accounts: make([]accountJSON, 0, len(s.Accounts)),
	}
	for _, a := range s.Accounts {
		out.Accounts = append(out.Accounts, accountJSONOf(a))
	}
	return out
}

func statusJSONOf(s backend.Snapshot) *statusJSON {
	out := &statusJSON{
		Active:    orNull(s.Active),
		Live:      liveJSONOf(s.Live),
		Overrides: make([]overrideJSON, 0, len(s.Overrides)),
		Sessions:  make([]sessionJSON, 0, len(s.Sessions)),
	}
	if a, ok := s.Find(s.Active); ok && s.Active != "" {
		account := accountJSONOf(a)
		out.Account = &account
	}
	for _, o := range s.Overrides {
		out.Overrides = append(out.Overrides, overrideJSON(o))
	}
	if len(s.Forced.Organizations) > 0 {
		out.Forced = &forcedJSON{UUIDs: s.Forced.Organizations, Source: s.Forced.Source}
	}
	for _, session := range s.Sessions {
		out.Sessions = append(out.Sessions, sessionJSON(session))
	}
	if s.Next != nil {
		out.Next = &nextJSON{Key: s.Next.Key, Reason: s.Next.Reason}
	}
	return out
}

func swapJSONOf(res backend.Result) *swapJSON {
	return &swapJSON{
		From:      orNull(res.From),
		To:        res.To,
		Refreshed: res.Refreshed,
		SetAside:  orNull(res.SetAside),
	}
}

func refreshJSONOf(rows []backend.AccountResult) *refreshJSON {
	out := &refreshJSON{Results: make([]refreshRowJSON, 0, len(rows))}
	for _, row := range rows {
		p := failure(row)
		out.Results = append(out.Results, refreshRowJSON{
			Key:             row.Key,
			OK:              p == nil,
			Error:           problemJSONOf(p),
			AccessExpiresAt: utc(row.AccessExpiresAt),
		})
	}
	return out
}

func usageAnswerJSONOf(rows []backend.AccountResult) *usageAnswerJSON {
	out := &usageAnswerJSON{Results: make([]usageRowJSON, 0, len(rows))}
	for _, row := range rows {
		p := failure(row)
		out.Results = append(out.Results, usageRowJSON{
			Key:   row.Key,
			OK:    p == nil,
			Error: problemJSONOf(p),
			Usage: usageJSONOf(row.Usage),
		})
	}
	return out
}

func liveJSONOf(l backend.Live) liveJSON {
	return liveJSON{Present: l.Present, Email: orNull(l.Email), Reason: orNull(l.Reason)}
}

func accountJSONOf(a backend.Account) accountJSON {
	out := accountJSON{
		Key:             a.Key,
		Email:           a.Email,
		Label:           orNull(a.Label),
		Organization:    organizationJSON{UUID: orNull(a.OrganizationUUID), Name: orNull(a.OrganizationName)},
		Plan:            orNull(a.Plan),
		Tier:            orNull(a.Tier),
		State:           string(a.State),
		Active:          a.Active,
		Notices:         make([]string, 0, len(a.Notices)),
		Refused:         orNull(plain(a.Refused)),
		LimitedUntil:    utc(a.LimitedUntil),
		AccessExpiresAt: utc(a.AccessExpiresAt),
		LoginExpiresAt:  utc(a.LoginExpiresAt),
		Usage:           usageJSONOf(a.Usage),
	}
	for _, n := range a.Notices {
		out.Notices = append(out.Notices, string(n))
	}
	return out
}

func usageJSONOf(u *backend.Usage) *usageJSON {
	if u == nil {
		return nil
	}
	out := &usageJSON{
		FiveHour:   windowJSONOf(u.FiveHour),
		NoFiveHour: u.NoFiveHour,
		SevenDay:   windowJSONOf(u.SevenDay),
		Models:     make([]modelJSON, 0, len(u.Models)),
		ObservedAt: utc(u.ObservedAt),
		Source:     orNull(u.Source),
	}
	for _, m := range u.Models {
		out.Models = append(out.Models, modelJSON{Name: m.Name, Percent: percent(m.Percent), ResetsAt: utc(m.ResetsAt)})
	}
	return out
}

func windowJSONOf(w *backend.Window) *windowJSON {
	if w == nil {
		return nil
	}
	return &windowJSON{Percent: percent(w.Percent), ResetsAt: utc(w.ResetsAt)}
}

func problemJSONOf(p *backend.Problem) *problemJSON {
	if p == nil {
		return nil
	}
	return &problemJSON{Code: string(p.Code), Message: plain(p.Message), Hint: orNull(plain(p.Hint))}
}
