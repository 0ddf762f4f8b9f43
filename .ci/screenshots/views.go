package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baton/app/backend"
)

// view is one thing the window shows. A new one is a line in views.
type view struct {
	name string
	// prepare brings the home into a state before the window opens; nil leaves
	// it as it is.
	prepare func(context.Context, *stage) error
	// once is done in the window, each is done again at every size, with back
	// after the picture.
	once, each, back []step
}

// step is something a person does in the window.
type step struct {
	keys  []string // pressed one after the other, by xdotool's names
	press string   // what is clicked, by its name among the window's places
}

func press(name string) step    { return step{press: name} }
func keys(names ...string) step { return step{keys: names} }
func steps(all ...step) []step  { return all }
func menuOf(key string) step    { return press("card:" + key + ":menu") }
func buttonOf(key string) step  { return press("card:" + key + ":primary") }

// refresh is the second in an account's menu.
func refresh(key string) []step { return steps(menuOf(key), keys("Down", "Down", "Return")) }

func escape() []step             { return steps(keys("Escape")) }
func typed(word string) []string { return strings.Split(word, "") }

// The accounts of the throw-away home that something is done with.
const (
	personal = "ada@example.com"
	work     = "ada@corp.example"
	lab      = "lab@uni.example"
	night    = "night@example.com"
)

func views() []view {
	return []view{
		{name: "accounts"},
		{name: "swapped", once: steps(buttonOf(work))},
		{name: "availability", once: steps(press("tab:1"))},
		{name: "availability-24h", once: steps(press("tab:1"), press("zoom:1"))},
		{name: "availability-7d", once: steps(press("tab:1"), press("zoom:2"))},
		{name: "activity", once: steps(buttonOf(work), press("tab:2"))},
		{name: "main-menu", each: steps(press("menu")), back: escape()},
		{name: "filter", once: steps(keys("ctrl+f"), keys(typed("lab")...))},
		{name: "menu", each: steps(menuOf(personal)), back: escape()},
		{name: "add", each: steps(keys("ctrl+n")), back: escape()},
		{name: "login", once: steps(keys("ctrl+n"), keys("Return"))}, // its address is another each time
		{name: "remove", each: steps(menuOf(work), keys("Up", "Return")), back: escape()},
		{name: "settings", once: steps(keys("ctrl+comma"))},
		{name: "busy", prepare: holdLock, once: steps(buttonOf(work))},
		{name: "refused", prepare: killLab, once: refresh(lab)},
		{name: "offline", prepare: unplug, once: refresh(lab)},
		{name: "paused", prepare: pause},
		{name: "stranger", prepare: stranger},
		{name: "logged-out", prepare: logOut},
		{name: "override", prepare: override},
		{name: "damaged", prepare: damage},
		{name: "many", prepare: crowd},
		{name: "empty", prepare: empty},
	}
}

// holdLock holds Claude Code's lock as one that lives does.
func holdLock(ctx context.Context, s *stage) error {
	lock := s.path(".claude.lock")
	if err := os.Mkdir(lock, 0o700); err != nil {
		return err
	}
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			now := time.Now()
			if os.Chtimes(lock, now, now) != nil {
				return // the home is gone
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return nil
}

func killLab(_ context.Context, s *stage) error { return s.home.Kill(lab) }

func unplug(_ context.Context, s *stage) error { return s.provider.Close() }

func pause(ctx context.Context, s *stage) error {
	_, err := s.backend.Do(ctx, backend.Action{Kind: backend.ActionPause, Key: night})
	return err
}

// stranger puts a login there that nobody can tell the owner of.
func stranger(_ context.Context, s *stage) error {
	login := fmt.Sprintf(`{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-stranger","refreshToken":"sk-ant-ort01-TEST-stranger",`+
		`"expiresAt":%d,"scopes":["user:inference","user:profile"]}}`, s.now().Add(time.Hour).UnixMilli())
	return os.WriteFile(s.path(".claude", ".credentials.json"), []byte(login), 0o600)
}

func logOut(_ context.Context, s *stage) error {
	return os.Remove(s.path(".claude", ".credentials.json"))
}

func override(_ context.Context, s *stage) error {
	return os.WriteFile(s.path(".claude", "settings.json"), []byte(`{"env":{"ANTHROPIC_API_KEY":"made-up"}}`), 0o600)
}

func damage(_ context.Context, s *stage) error {
	return os.WriteFile(s.path(".claude", "oauth_pool.json"), []byte(`{"accounts":`), 0o600)
}

// crowd adds accounts to the pool as another program would.
func crowd(ctx context.Context, s *stage) error {
	path := s.path(".claude", "oauth_pool.json")
	pool, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var more strings.Builder
	for n := range 30 {
		fmt.Fprintf(&more, `"team-%02d@example.com":{"email":"team-%02d@example.com","accessToken":"sk-ant-oat01-TEST-%d","refreshToken":"sk-ant-ort01-TEST-%d",`+
			`"expiresAt":%d,"scopes":["user:inference"],"subscriptionType":"team"},`, n, n, n, n, s.now().Add(-time.Hour).UnixMilli())
	}
	doc := strings.Replace(string(pool), `"accounts": {`, `"accounts": {`+more.String(), 1)
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		return err
	}
	_, err = s.backend.Do(ctx, backend.Action{Kind: backend.ActionImport})
	return err
}

func empty(_ context.Context, s *stage) error {
	if err := os.RemoveAll(s.path(".claude")); err != nil {
		return err
	}
	return os.Remove(s.path(".claude.json"))
}

// path is a path below the home.
func (s *stage) path(parts ...string) string {
	return filepath.Join(append([]string{s.home.Dir}, parts...)...)
}
