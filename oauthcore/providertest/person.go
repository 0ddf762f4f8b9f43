//go:build !js

package providertest

import (
	"fmt"
	"strings"
	"time"
)

// Person is one account as the provider knows it: a person in an
// organisation. The two uuids together identify it; several may share an
// email. The field names follow the profile endpoint.
type Person struct {
	AccountUUID      string
	OrganizationUUID string
	Email            string
	FullName         string
	DisplayName      string
	OrganizationName string
	OrganizationType string // claude_max, claude_pro, claude_team, claude_enterprise
	RateLimitTier    string // default_claude_max_20x and its like
	SeatTier         string // "" means none
	BillingType      string

	AccountCreatedAt      time.Time
	SubscriptionCreatedAt time.Time

	Usage Usage
}

// Plan is the subscription type Claude Code derives from the organisation
// type: "max", "pro", "team", "enterprise", or "" for anything else.
func (p Person) Plan() string {
	switch p.OrganizationType {
	case "claude_max", "claude_pro", "claude_team", "claude_enterprise":
		return strings.TrimPrefix(p.OrganizationType, "claude_")
	}
	return ""
}

// Window is one usage window.
type Window struct {
	Percent  float64   // used, 0 to 100
	ResetsAt time.Time // zero: not started
}

// ModelWindow is a weekly window of one model.
type ModelWindow struct {
	Name string // "Opus", "Sonnet", …
	Window
}

// UsageShape says in which of the usage endpoint's two forms an answer comes.
type UsageShape int

// The shapes.
const (
	ShapeBoth    UsageShape = iota // named windows and the limits list
	ShapeWindows                   // named windows only, as older answers
	ShapeLimits                    // the limits list only, named windows null
)

// Usage is what the usage endpoint answers with. A window whose reset has
// passed on the provider's clock reads as unused and not started.
type Usage struct {
	FiveHour *Window // nil: null in the answer
	SevenDay *Window
	Models   []ModelWindow
	Shape    UsageShape
	// Jitter is added to every reset in each second answer: the real
	// endpoint's times move by seconds from call to call.
	Jitter time.Duration
}

func (u Usage) clone() Usage {
	if u.FiveHour != nil {
		w := *u.FiveHour
		u.FiveHour = &w
	}
	if u.SevenDay != nil {
		w := *u.SevenDay
		u.SevenDay = &w
	}
	u.Models = append([]ModelWindow(nil), u.Models...)
	return u
}

// AddAccount adds an account, or replaces the one with the same two uuids;
// its logins stay. The consent page lists accounts in the order of adding.
func (p *Provider) AddAccount(who Person) {
	who.Usage = who.Usage.clone()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, have := range p.people {
		if have.AccountUUID == who.AccountUUID && have.OrganizationUUID == who.OrganizationUUID {
			*have = who
			return
		}
	}
	p.people = append(p.people, &who)
}

// SetUsage changes what the usage endpoint answers for an account from now
// on. An empty organizationUUID means all organisations of the account. The
// error wraps ErrUnknownAccount.
func (p *Provider) SetUsage(accountUUID, organizationUUID string, u Usage) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, err := p.find(accountUUID, organizationUUID)
	if err != nil {
		return err
	}
	for _, one := range who {
		one.Usage = u.clone()
	}
	return nil
}

// find gives the accounts with these uuids, all organisations for an empty
// organizationUUID. The caller holds mu.
func (p *Provider) find(accountUUID, organizationUUID string) ([]*Person, error) {
	var found []*Person
	for _, who := range p.people {
		if who.AccountUUID == accountUUID && (organizationUUID == "" || who.OrganizationUUID == organizationUUID) {
			found = append(found, who)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: account %q, organisation %q", ErrUnknownAccount, accountUUID, organizationUUID)
	}
	return found, nil
}
