//go:build unix

package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/oauthcore/accounts"
	"baton/oauthcore/provider"

	"github.com/tidwall/gjson"
)

// clientDouble does what Claude Code does when its access token has lapsed and
// it finds locks nobody kept alive.
type clientDouble struct {
	*world
	broke bool // it took a lock for abandoned
	held  []string
}

// project is what it writes to .claude.json.
func (c *clientDouble) project() string { return `"/made/meanwhile"` }

// act refreshes the live login and adds a project. used says that the token it
// finds is used up already, so the provider ends the login and the client
// writes that down.
func (c *clientDouble) act(used bool) {
	c.Helper()
	locks := c.clientLocks()
	c.lock(locks[0])
	c.lock(locks[1])
	doc, cr := string(c.read(c.paths.Credentials())), c.credential()
	next := c.refreshed(cr, used)
	c.lock(locks[2])
	c.replace(c.paths.Credentials(), strings.NewReplacer(
		cr.AccessToken.Reveal(), next.AccessToken.Reveal(), cr.RefreshToken.Reveal(), next.RefreshToken.Reveal(),
	).Replace(doc))
	c.unlock()
	c.lock(locks[3])
	config := string(c.read(c.paths.ClaudeJSON))
	changed := strings.Replace(config, `"projects": {`, `"projects": {`+c.project()+`: {},`, 1)
	if changed == config {
		c.Error("nowhere to put a project")
	}
	c.replace(c.paths.ClaudeJSON, changed)
	c.unlock()
	c.unlock()
	c.unlock()
}

// refreshed is the answer to a refresh; empty tokens where it is refused.
func (c *clientDouble) refreshed(cr accounts.Credential, used bool) provider.Grant {
	c.Helper()
	endpoints, err := provider.FromBase(c.provider.URL())
	if err != nil {
		c.Fatal(err)
	}
	g, err := provider.New(endpoints, provider.Options{Now: c.clock.Now}).Refresh(context.Background(), cr.RefreshToken, cr.Scopes)
	if (err != nil) != used {
		c.Fatalf("the client's refresh: %v, used up before: %v", err, used)
	}
	return g
}

// lock takes one of the client's locks; one that is held belongs to a stopped
// process, whose last sign of life is made to look old.
func (c *clientDouble) lock(path string) {
	c.Helper()
	if info, err := os.Lstat(path); err == nil {
		// The time passes for the lock alone: by whole seconds, so that its
		// holder still knows it.
		old := info.ModTime().Add(-2 * time.Minute)
		if err := os.Chtimes(path, old, old); err != nil {
			c.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			c.Fatal(err)
		}
		c.broke = true
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		c.Fatal(err)
	}
	c.held = append(c.held, path)
}

// unlock gives the last lock back.
func (c *clientDouble) unlock() {
	c.Helper()
	last := len(c.held) - 1
	if err := os.Remove(c.held[last]); err != nil {
		c.Error(err)
	}
	c.held = c.held[:last]
}

// replace writes a file as new clients do.
func (c *clientDouble) replace(path, doc string) {
	c.Helper()
	if !gjson.Valid(doc) {
		c.Fatalf("%s would not parse", filepath.Base(path))
	}
	tmp := path + ".tmp.client"
	c.write(tmp, doc)
	if err := os.Rename(tmp, path); err != nil {
		c.Fatal(err)
	}
}
