//go:build unix

package oauthcore_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/mirror"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"

	"pgregory.net/rapid"
)

// order is one action of Baton's.
type order struct {
	name             string
	run              func(context.Context, *oauthcore.Core) error
	asked            asking
	removes, settles bool
}

// batonActions make the orders, by name; what they need to know is drawn first.
func batonActions() map[string]func(*history) order {
	swap := func(r oauthcore.SwapRequest) order {
		asked := askedNot
		switch {
		case r.Automatic || r.To == "":
		case r.SetAside:
			asked = askedAside
		default:
			asked = askedSwap
		}
		return order{name: fmt.Sprintf("swap %+v", r), asked: asked, run: func(ctx context.Context, c *oauthcore.Core) error {
			_, err := c.Swap(ctx, r)
			return err
		}}
	}
	return map[string]func(*history) order{
		"swap to a name":      func(h *history) order { return swap(oauthcore.SwapRequest{To: h.aName()}) },
		"swap to a name 2":    func(h *history) order { return swap(oauthcore.SwapRequest{To: h.aName()}) },
		"swap to the next":    func(*history) order { return swap(oauthcore.SwapRequest{}) },
		"swap back":           func(*history) order { return swap(oauthcore.SwapRequest{To: oauthcore.SwapBack}) },
		"swap, setting aside": func(h *history) order { return swap(oauthcore.SwapRequest{To: h.aName(), SetAside: true}) },
		"swap by itself": func(h *history) order {
			return swap(oauthcore.SwapRequest{Automatic: true, Leaving: h.aName()})
		},
		"refresh":   refreshOrder,
		"refresh 2": refreshOrder,
		"import": func(*history) order {
			return order{name: "import", run: func(ctx context.Context, c *oauthcore.Core) error {
				_, err := c.Import(ctx)
				return err
			}}
		},
		"log in":   (*history).loginOrder,
		"log in 2": (*history).loginOrder,
		"remove": func(h *history) order {
			r := oauthcore.RemoveRequest{Name: h.aName(), Revoke: rapid.Bool().Draw(h.T, "revoke"), Yes: rapid.Bool().Draw(h.T, "yes")}
			return order{name: fmt.Sprintf("remove %+v", r), removes: true, run: func(ctx context.Context, c *oauthcore.Core) error {
				_, err := c.Remove(ctx, r)
				return err
			}}
		},
		"edit": (*history).editOrder,
		"settle": func(*history) order {
			return order{name: "settle", settles: true, run: func(ctx context.Context, c *oauthcore.Core) error { return c.Settle(ctx) }}
		},
		"push to the keyring": func(h *history) order {
			return order{name: "push", run: func(ctx context.Context, c *oauthcore.Core) error {
				_, err := h.mirrorOf(c).Push(ctx, mirror.PushRequest{Asked: true})
				return err
			}}
		},
		"restore from the keyring": func(h *history) order {
			return order{name: "restore", run: func(ctx context.Context, c *oauthcore.Core) error {
				_, err := h.mirrorOf(c).Restore(ctx, mirror.RestoreRequest{})
				return err
			}}
		},
	}
}

func (h *history) mirrorOf(c *oauthcore.Core) *mirror.Mirror {
	return mirror.New(c, h.items.open, "on")
}

func refreshOrder(h *history) order {
	name := h.aName()
	return order{name: "refresh " + name, asked: askedRefresh, run: func(ctx context.Context, c *oauthcore.Core) error {
		_, err := c.Refresh(ctx, name)
		return err
	}}
}

// aName is the name of an account of the vault, or of the pool where there is
// no vault yet.
func (h *history) aName() string {
	var keys []string
	if v := h.vaultNow(); v != nil {
		for _, a := range v.Accounts() {
			keys = append(keys, a.Key)
		}
	}
	if len(keys) == 0 {
		h.readPool()
		keys = slices.Sorted(maps.Keys(h.pool.Accounts))
	}
	keys = append(keys, "nobody@example.com")
	return keys[rapid.IntRange(0, len(keys)-1).Draw(h.T, "account")]
}

func (h *history) loginOrder() order {
	who := h.people[rapid.IntRange(0, len(h.people)-1).Draw(h.T, "who")]
	nameless := rapid.IntRange(0, 3).Draw(h.T, "the answer names nobody") == 3
	name := fmt.Sprintf("log in as %s of %s", who.AccountUUID, who.OrganizationUUID)
	if nameless {
		name += ", the answer names nobody"
	}
	return order{name: name, run: func(ctx context.Context, c *oauthcore.Core) error {
		p, err := c.PrepareLogin(ctx)
		if err != nil {
			return err
		}
		cr := h.issue(who, 8*time.Hour)
		g := provider.Grant{
			AccessToken: cr.AccessToken, RefreshToken: cr.RefreshToken, ExpiresAt: cr.ExpiresAt,
			RefreshTokenExpiresAt: cr.LoginExpiresAt, Scopes: cr.Scopes,
			AccountUUID: who.AccountUUID, OrganizationUUID: who.OrganizationUUID, Email: who.Email, OrganizationName: who.OrganizationName,
		}
		if nameless {
			g.AccountUUID, g.OrganizationUUID, g.Email, g.OrganizationName = "", "", "", ""
		}
		saved, err := p.Save(ctx, g)
		if err == nil && saved.Note != "" {
			h.Logf("        %s", saved.Note)
		}
		return err
	}}
}

func (h *history) editOrder() order {
	name, what := h.aName(), rapid.IntRange(0, 4).Draw(h.T, "edit")
	return order{name: fmt.Sprintf("edit %d %s", what, name), run: func(ctx context.Context, c *oauthcore.Core) (err error) {
		switch what {
		case 0:
			_, err = c.Pause(ctx, name)
		case 1:
			_, err = c.Resume(ctx, name)
		case 2:
			_, err = c.Limit(ctx, name, h.clock.Now().Add(time.Hour))
		case 3:
			_, err = c.Rename(ctx, name, "label of "+name)
		default:
			_, err = c.Move(ctx, name, 0)
		}
		return err
	}}
}

// carryOut carries an order out by one of the two Batons, with or without a
// mishap, and looks at what is there then.
func (h *history) carryOut(make func(*history) order) {
	h.step++
	p := h.batons[rapid.IntRange(0, 1).Draw(h.T, "Baton")]
	o := make(h)
	p.fs.plan, p.fs.ops, p.fs.steps, p.fs.failed = h.drawMishap(), 0, 0, ""
	h.wire.asked = o.asked
	h.Logf("%3d %s %s", h.step, p.name, o.name)
	began := time.Now()
	err := h.run(p, o)
	if took := time.Since(began); took > 90*time.Millisecond {
		h.slow(fmt.Sprintf("%s: %v, %v", o.name, took, err))
	}
	h.mishaps[h.step] = p.fs.failed != "" || p.fs.killed != ""
	h.heard(err)
	switch {
	case p.fs.killed != "":
		h.Logf("        killed before %q", p.fs.killed)
	case p.fs.failed != "":
		h.Logf("        %q failed; %v", p.fs.failed, err)
	case err != nil:
		h.Logf("        %v", err)
	}
	h.settleLedger(p, o.removes)
	if o.settles && err == nil && p.fs.killed == "" && p.fs.plan.other == nil { // another program may have come last
		h.agreed()
	}
	if p.fs.killed != "" {
		h.batons[slices.Index(h.batons[:], p)] = h.newProcess(p.name)
	}
}

// run runs an order in a goroutine of its own, which may be killed.
func (h *history) run(p *process, o order) (err error) {
	done := make(chan any)
	go func() {
		finished := false
		defer func() {
			if r := recover(); r != nil || finished || p.fs.killed != "" {
				done <- r
				return
			}
			done <- "the goroutine ended"
		}()
		err = o.run(context.Background(), p.core)
		finished = true
	}()
	if r := <-done; r != nil {
		h.Fatalf("%s: %v", o.name, r)
	}
	if p.fs.killed != "" {
		h.must(os.RemoveAll(h.dir)) // what its deferred functions wrote
		locks, _ := filepath.Glob(filepath.Join(h.dir+".killed", ".claude", "baton", "locks", "*.lock"))
		for _, path := range append(locks, "lock", "client.lock") {
			if !filepath.IsAbs(path) {
				path = filepath.Join(h.dir+".killed", ".claude", "baton", path)
			}
			_ = os.Remove(path) // a killed process holds no lock
		}
		h.must(os.Rename(h.dir+".killed", h.dir))
	}
	return err
}

func (h *history) drawMishap() (m mishap) {
	switch rapid.IntRange(0, 9).Draw(h.T, "mishap") {
	case 7:
		m.failAt = rapid.IntRange(1, 70).Draw(h.T, "fails at")
	case 8:
		m.killAt = rapid.IntRange(1, 90).Draw(h.T, "killed at")
	case 9:
		m.meetAt = rapid.IntRange(1, 15).Draw(h.T, "meets at")
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(otherActions()))).Draw(h.T, "meets")
		p := h.picks()
		m.other = func() { h.others(strings.ToUpper(name), func() { otherActions()[name](h, p) }) }
	}
	return m
}

// picks draws numbers for what another program does.
func (h *history) picks() pick {
	drawn := rapid.SliceOfN(rapid.IntRange(0, 1<<16), 4, 4).Draw(h.T, "numbers")
	return func(n int) int {
		i := drawn[0] % n
		drawn = append(drawn[1:], drawn[0])
		return i
	}
}

// faultOf orders a failure at the provider.
func faultOf(kind providertest.FaultKind, e providertest.Endpoint, times int) providertest.Fault {
	f := providertest.Fault{Endpoint: e, Kind: kind, Times: times}
	switch kind {
	case providertest.FaultStatus:
		f.Status, f.Acts = 524, true
	case providertest.FaultIncomplete:
		f.Omit = []string{"account", "organization"}
	}
	return f
}

// slow tells of an action that waited for something.
func (h *history) slow(what string) {
	if os.Getenv("BATON_HISTORY_DEBUG") != "" {
		fmt.Println("slow:", what)
	}
}
