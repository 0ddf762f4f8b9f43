//go:build !js

package local

import (
	"context"

	"baton/app/backend"
	"baton/oauthcore/doctor"
)

// doctor looks for what is wrong around the accounts, and with fix mends it.
func (b *Backend) doctor(ctx context.Context, fix bool) (r backend.Result, err error) {
	home, err := b.Home()
	if err != nil {
		home = "" // then no other configuration folders are looked for
	}
	found, err := doctor.New(b.core, b.setup).Examine(ctx, doctor.Request{Fix: fix, Lookup: b.Lookup, Home: home})
	for _, f := range found {
		r.Findings = append(r.Findings, backend.Finding{
			ID: f.ID, Severity: string(f.Severity), Path: f.Path, Message: f.Message, Fix: f.Fix, Fixed: f.Fixed,
		})
	}
	if f := b.network.Finding(); f != nil && err == nil {
		r.Findings = append(r.Findings, *f)
	}
	return r, err
}
