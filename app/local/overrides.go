//go:build !js

package local

import (
	"context"
	"fmt"
	"strings"

	"baton/app/backend"
	"baton/oauthcore/claude"
)

// overrides lists what Claude Code uses instead of the live login, the one in
// effect first.
func (b *Backend) overrides() (out []backend.Override) {
	for _, o := range b.core.Overrides(b.Lookup) {
		out = append(out, backend.Override(o))
	}
	return out
}

// overrideNote is what a swap says of one of them.
func overrideNote(o backend.Override) string {
	where, there := "in "+o.Source, "there"
	if o.Source == claude.EnvironmentSource {
		where = "in this environment"
	}
	switch {
	case o.Name == backend.OverrideGateway:
		return fmt.Sprintf("%s %s beats the login: Claude Code works through that company gateway", o.Name, where)
	case o.PrintOnly:
		there = "for claude -p"
	}
	return fmt.Sprintf("%s is set %s and beats the login: %s this swap changes nothing", o.Name, where, there)
}

// forcedNote warns of an account that managed settings keep Claude Code from
// starting with, "" if there is nothing to warn of.
func (b *Backend) forcedNote(key string) string {
	forced := b.core.ForcedOrganizations()
	if len(forced.Organizations) == 0 {
		return ""
	}
	names := map[string]string{}
	mine := ""
	for _, a := range b.core.Snapshot(context.Background()).Accounts {
		names[strings.ToLower(a.OrganizationUUID)] = a.OrganizationName
		if a.Key == key {
			mine = a.OrganizationUUID
		}
	}
	if forced.Allows(mine) {
		return ""
	}
	word, only := "organization ", []string{}
	for _, id := range forced.Organizations {
		if name := names[strings.ToLower(id)]; name != "" {
			id = name + " (" + id + ")"
		}
		only = append(only, id)
	}
	if len(only) > 1 {
		word = "organizations "
	}
	return fmt.Sprintf("managed settings let Claude Code use only %s%s (%s): it may refuse this account at its next start", word, strings.Join(only, ", "), forced.Source)
}
