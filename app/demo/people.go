//go:build !js

package demo

import (
	"time"

	"baton/oauthcore/providertest"
)

// The people of the throw-away home. Ada has two accounts under two
// addresses, and a second organisation under the first of them.
const (
	adaUUID   = "6f1d0b52-8c1e-4e0b-9a57-2d6c1f0e4a01"
	workUUID  = "0c9a7e34-51b2-4f6d-8e23-7b1f9d5c2a02"
	sideUUID  = "b7e2c418-3d90-47a5-bf61-94e08c7d1b03"
	labUUID   = "d3480f9e-a6c7-4b12-9d5e-e51b7a20c304"
	nightUUID = "27c5e6b1-f048-4d39-a1c2-08f6d3b9e505"
	newUUID   = "e90b1d73-2a5f-4c68-8b04-c3d7f2a16e06"

	personalOrg = "a1d94c02-7e6b-4f35-92c8-5b0e3f7d1a11"
	corpOrg     = "f25b8e60-19c3-4a7d-b5e4-8d1c6a90f212"
	sideOrg     = "3e7f0a95-c84d-4b21-a6f3-1c9d5e27b013"
	labOrg      = "84c6d1f7-0b3e-4592-8fa0-6e2b9c4d7514"
	nightOrg    = "5a02e9b8-d716-4c4f-9e3b-f7a1c0d86215"
	newOrg      = "c1f83b4d-6295-4e0a-87d1-2b9e5f04a716"
	guildOrg    = "92ad7e15-4f0c-4836-b1e9-d05c8f3a6b17"
)

// cast is one account of the home and what its login looks like at first.
type cast struct {
	label string
	who   providertest.Person
	// Relative to the moment the home is made; a negative accessFor is a
	// lapsed access token.
	accessFor time.Duration
	loginFor  time.Duration
	limited   bool // marked in the pool, until the spent window's reset
}

const day = 24 * time.Hour

// pooled are the five accounts that are logged in, the live one first.
func pooled(now time.Time) []cast {
	// Whole minutes, so that a reset reads the same wherever it is shown.
	in := func(percent float64, d time.Duration) *providertest.Window {
		return &providertest.Window{Percent: percent, ResetsAt: now.Add(d).Truncate(time.Minute)}
	}
	person := func(account, org, email, name string, p providertest.Person) providertest.Person {
		p.AccountUUID, p.OrganizationUUID, p.Email = account, org, email
		p.FullName, p.DisplayName = name, name
		if p.OrganizationName == "" {
			p.OrganizationName = email + "'s Organization"
		}
		if p.BillingType == "" {
			p.BillingType = "stripe_subscription"
		}
		p.AccountCreatedAt = now.Add(-400 * day).Truncate(time.Second)
		p.SubscriptionCreatedAt = now.Add(-200 * day).Truncate(time.Second)
		return p
	}
	return []cast{
		{
			label: "Personal", accessFor: 6 * time.Hour, loginFor: 20 * day,
			who: person(adaUUID, personalOrg, "ada@example.com", "Ada", providertest.Person{
				OrganizationType: "claude_max", RateLimitTier: "default_claude_max_20x",
				Usage: providertest.Usage{
					FiveHour: in(61, 108*time.Minute), SevenDay: in(34, 80*time.Hour),
					Models: []providertest.ModelWindow{{Name: "Opus", Window: *in(41, 80*time.Hour)}},
				},
			}),
		},
		{
			label: "Work", accessFor: 3 * time.Hour, loginFor: 25 * day,
			who: person(workUUID, corpOrg, "ada@corp.example", "Ada Byron", providertest.Person{
				OrganizationName: "Corp", OrganizationType: "claude_team", RateLimitTier: "default_raven",
				SeatTier: "team_standard", BillingType: "stripe_subscription_contracted",
				Usage: providertest.Usage{FiveHour: in(8, 250*time.Minute), SevenDay: in(47, 100*time.Hour)},
			}),
		},
		{
			label: "Side project", accessFor: 2 * time.Hour, loginFor: 13 * day, limited: true,
			who: person(sideUUID, sideOrg, "ada.side@example.com", "Ada (side project)", providertest.Person{
				OrganizationType: "claude_pro", RateLimitTier: "default_claude_ai",
				// A minute more than the 52 to show, cut to a whole one.
				Usage: providertest.Usage{FiveHour: in(100, 53*time.Minute), SevenDay: in(71, 67*time.Hour)},
			}),
		},
		{
			label: "Lab", accessFor: -40 * time.Minute, loginFor: 3 * day,
			who: person(labUUID, labOrg, "lab@uni.example", "Lab", providertest.Person{
				OrganizationType: "claude_max", RateLimitTier: "default_claude_max_5x",
				Usage: providertest.Usage{FiveHour: &providertest.Window{}, SevenDay: in(12, 112*time.Hour)},
			}),
		},
		{
			label: "Night runs", accessFor: 5 * time.Hour, loginFor: 17 * day, limited: true,
			who: person(nightUUID, nightOrg, "night@example.com", "Night runs", providertest.Person{
				OrganizationType: "claude_max", RateLimitTier: "default_claude_max_5x",
				Usage: providertest.Usage{FiveHour: in(22, 150*time.Minute), SevenDay: in(100, 220*time.Minute)},
			}),
		},
	}
}

// spares are accounts only the provider knows: logins waiting to be added.
func spares(now time.Time) []providertest.Person {
	later := now.Add(90 * time.Minute).Truncate(time.Minute)
	week := now.Add(5 * day).Truncate(time.Minute)
	born := now.Add(-30 * day).Truncate(time.Second)
	return []providertest.Person{
		{
			AccountUUID: newUUID, OrganizationUUID: newOrg, Email: "new@example.com",
			FullName: "New account", DisplayName: "New account",
			OrganizationName: "new@example.com's Organization", OrganizationType: "claude_pro",
			RateLimitTier: "default_claude_ai", BillingType: "stripe_subscription",
			AccountCreatedAt: born, SubscriptionCreatedAt: born,
			Usage: providertest.Usage{
				FiveHour: &providertest.Window{Percent: 3, ResetsAt: later},
				SevenDay: &providertest.Window{Percent: 1, ResetsAt: week},
			},
		},
		{
			AccountUUID: adaUUID, OrganizationUUID: guildOrg, Email: "ada@example.com",
			FullName: "Ada", DisplayName: "Ada",
			OrganizationName: "Analytical Guild", OrganizationType: "claude_team",
			RateLimitTier: "default_raven", SeatTier: "team_standard", BillingType: "stripe_subscription",
			AccountCreatedAt: now.Add(-400 * day).Truncate(time.Second), SubscriptionCreatedAt: born,
			Usage: providertest.Usage{
				FiveHour: &providertest.Window{Percent: 17, ResetsAt: later},
				SevenDay: &providertest.Window{Percent: 29, ResetsAt: week},
			},
		},
	}
}
