//go:build linux

package keyringtest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// Fake is a Secret Service of the test's own. Set its members before Serve.
type Fake struct {
	// Hang names the method that never answers, such as "CreateItem" or "Get"
	// (of a property); "" for none.
	Hang string
	// Locked says that it starts locked and asks before it unlocks.
	Locked bool
	// Dismiss has the person say no.
	Dismiss bool
	// Unrelated has a signal that is about something else come first.
	Unrelated bool
	// Forget has it call every write a success and keep nothing.
	Forget bool

	mu        sync.Mutex
	conn      *dbus.Conn
	items     map[string]secretValue // by name
	prompts   int
	dismissed int
	reached   chan struct{} // closed once the method that hangs was called
	hung      int           // calls of that method
}

type secretValue struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

const (
	itemPath    = dbus.ObjectPath("/org/freedesktop/secrets/collection/login/1")
	promptPath  = dbus.ObjectPath("/org/freedesktop/secrets/prompt/1")
	sessionPath = dbus.ObjectPath("/org/freedesktop/secrets/session/1")
	noPrompt    = dbus.ObjectPath("/")
)

// Serve puts it on the bus until Stop.
func (f *Fake) Serve(b *Bus) error {
	conn, err := b.Connect()
	if err != nil {
		return err
	}
	f.conn, f.items, f.reached = conn, map[string]secretValue{}, make(chan struct{})
	for _, e := range []struct {
		on    any
		path  dbus.ObjectPath
		iface string
	}{
		{service{f}, servicePath, "org.freedesktop.Secret.Service"},
		{properties{f}, servicePath, "org.freedesktop.DBus.Properties"},
		{collection{f}, loginPath, "org.freedesktop.Secret.Collection"},
		{properties{f}, loginPath, "org.freedesktop.DBus.Properties"},
		{item{f}, itemPath, "org.freedesktop.Secret.Item"},
		{prompt{f}, promptPath, "org.freedesktop.Secret.Prompt"},
		{session{}, sessionPath, "org.freedesktop.Secret.Session"},
	} {
		if err := conn.Export(e.on, e.path, e.iface); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	if _, err := conn.RequestName(serviceName, dbus.NameFlagDoNotQueue); err != nil {
		return errors.Join(err, conn.Close())
	}
	return nil
}

// Stop takes it off the bus.
func (f *Fake) Stop() error { return f.conn.Close() }

// Prompts says how often the person was asked.
func (f *Fake) Prompts() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.prompts
}

// Dismissed says how often a prompt was taken off the screen.
func (f *Fake) Dismissed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dismissed
}

// Kept says how many items there are.
func (f *Fake) Kept() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.items)
}

// Hung says how often the method that never answers was called.
func (f *Fake) Hung() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hung
}

// AwaitHang waits until the method that hangs was called.
func (f *Fake) AwaitHang(ctx context.Context) error {
	select {
	case <-f.reached:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// at is called by each method first; the one that hangs stays here until the
// fake is off the bus.
func (f *Fake) at(method string) {
	if f.Hang == method {
		f.mu.Lock()
		if f.hung++; f.hung == 1 {
			close(f.reached)
		}
		f.mu.Unlock()
		<-f.conn.Context().Done()
	}
}

type service struct{ f *Fake }

func (s service) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	s.f.at("OpenSession")
	return dbus.MakeVariant(""), sessionPath, nil
}

func (s service) Unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	s.f.at("Unlock")
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.f.Locked {
		return nil, promptPath, nil
	}
	return paths, noPrompt, nil
}

type properties struct{ f *Fake }

func (p properties) Get(_, name string) (dbus.Variant, *dbus.Error) {
	p.f.at("Get")
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	if name == "Locked" {
		return dbus.MakeVariant(p.f.Locked), nil
	}
	return dbus.MakeVariant([]dbus.ObjectPath{loginPath}), nil
}

type collection struct{ f *Fake }

func (c collection) CreateItem(about map[string]dbus.Variant, secret secretValue, _ bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	c.f.at("CreateItem")
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if names, ok := about["org.freedesktop.Secret.Item.Attributes"].Value().(map[string]string); ok && !c.f.Forget {
		c.f.items[names["username"]] = secret
	}
	return itemPath, noPrompt, nil
}

func (c collection) SearchItems(names map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	c.f.at("SearchItems")
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if _, ok := c.f.items[names["username"]]; ok {
		return []dbus.ObjectPath{itemPath}, nil
	}
	return nil, nil
}

type item struct{ f *Fake }

// GetSecret gives the one item a test with a fake ever has.
func (i item) GetSecret(dbus.ObjectPath) (secretValue, *dbus.Error) {
	i.f.at("GetSecret")
	i.f.mu.Lock()
	defer i.f.mu.Unlock()
	for _, v := range i.f.items {
		return v, nil
	}
	return secretValue{}, dbus.MakeFailedError(errors.New("no such item"))
}

type prompt struct{ f *Fake }

func (p prompt) Prompt(string) *dbus.Error {
	p.f.at("Prompt")
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.prompts++
	if p.f.Unrelated {
		if err := p.f.conn.Emit(promptPath, "org.freedesktop.Secret.Prompt.Moved", "elsewhere"); err != nil {
			return dbus.MakeFailedError(err)
		}
	}
	time.AfterFunc(typing, p.complete)
	return nil
}

// typing is how long the person takes to answer.
const typing = 100 * time.Millisecond

func (p prompt) complete() {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.Locked = p.f.Dismiss
	// Nobody hears it where the bus has ended meanwhile.
	_ = p.f.conn.Emit(promptPath, "org.freedesktop.Secret.Prompt.Completed", p.f.Dismiss, dbus.MakeVariant([]dbus.ObjectPath{loginPath}))
}

// Dismiss takes it off the screen.
func (p prompt) Dismiss() *dbus.Error {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.f.dismissed++
	return nil
}

type session struct{}

func (session) Close() *dbus.Error { return nil }
