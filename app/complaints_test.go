//go:build !js

package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// complaints is what must hold at the end of every test, whatever it did: no
// misuse of the provider, no token where none belongs, nothing left lying
// about, no login lost.
func (w *world) complaints() []string {
	var out []string
	for _, v := range w.provider.Violations() {
		out = append(out, "the provider was misused: "+v)
	}
	out = append(out, w.leaks(w.record)...)
	out = append(out, w.leaks(w.homeDir())...)
	out = append(out, w.leftovers()...)
	if !w.excused {
		out = append(out, w.lost()...)
	}
	return out
}

// mayHoldTokens says whether a file is one of those tokens are kept in.
func mayHoldTokens(path string) bool {
	dir := filepath.Base(filepath.Dir(path))
	switch filepath.Base(path) {
	case ".credentials.json", "oauth_pool.json":
		return true
	case "accounts.json", "inbox.json":
		return dir == "baton"
	}
	return dir == "set-aside"
}

// leaks lists the files below root with a token in them that should have none.
func (w *world) leaks(root string) []string {
	return walk(root, func(path string, info fs.FileInfo) string {
		if !info.Mode().IsRegular() || mayHoldTokens(path) {
			return ""
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err.Error()
		}
		if i := bytes.Index(body, []byte("sk-ant-")); i >= 0 {
			return fmt.Sprintf("a token stands in %s, after %q", path, body[max(0, i-60):i])
		}
		return ""
	})
}

// leftovers lists what a finished Baton must not leave behind: its temporary
// files and folders, locks of Claude Code's, files others can read.
func (w *world) leftovers() []string {
	return walk(w.dir, func(path string, info fs.FileInfo) string {
		name, parent := filepath.Base(path), filepath.Base(filepath.Dir(path))
		switch {
		case strings.Contains(name, ".baton-"), strings.HasPrefix(name, "baton-demo-"):
			return "left behind: " + path
		case parent == "baton" && strings.HasPrefix(name, "login-"):
			return "the folder of a login by Claude Code was left behind: " + path
		case info.IsDir() && strings.HasSuffix(name, ".lock"):
			return "a lock was left behind: " + path
		case runtime.GOOS == "windows":
			return ""
		case parent == "baton" && info.Mode().Perm()&0o077 != 0:
			return fmt.Sprintf("others may look at %s: %v", path, info.Mode())
		}
		return ""
	})
}

// lost lists the logins on disk that the provider would refuse.
func (w *world) lost() []string {
	works := map[string]bool{}
	for _, l := range w.provider.State().Logins {
		works[l.RefreshFingerprint] = true
	}
	return walk(w.homeDir(), func(path string, info fs.FileInfo) string {
		if !info.Mode().IsRegular() || !mayHoldTokens(path) {
			return ""
		}
		var wrong []string
		for key, token := range refreshTokens(path) {
			sum := sha256.Sum256([]byte(token))
			if !works[hex.EncodeToString(sum[:])] && !w.killed[key] && !strings.HasSuffix(token, "-stranger") {
				wrong = append(wrong, key)
			}
		}
		if len(wrong) == 0 {
			return ""
		}
		slices.Sort(wrong)
		return fmt.Sprintf("%s holds logins that are lost: %s", path, strings.Join(wrong, ", "))
	})
}

// refreshTokens reads the refresh tokens of a vault, a pool or the live file,
// by key. What does not parse holds none: a test may have damaged it.
func refreshTokens(path string) map[string]string {
	type oauth struct {
		RefreshToken string `json:"refreshToken"`
	}
	var doc struct {
		Accounts map[string]struct {
			oauth
			Removed    bool  `json:"removed"`
			NeedsLogin bool  `json:"needsLogin"`
			Kept       oauth `json:"claudeAiOauth"`
		} `json:"accounts"`
		Live oauth `json:"claudeAiOauth"`
	}
	body, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(body, &doc) != nil {
		return nil
	}
	out := map[string]string{}
	keep := func(key, token string) {
		if token != "" {
			out[key] = token
		}
	}
	keep("the live one", doc.Live.RefreshToken)
	for key, a := range doc.Accounts {
		if !a.Removed && !a.NeedsLogin {
			keep(key, a.RefreshToken+a.Kept.RefreshToken)
		}
	}
	return out
}

// walk collects what look says of every file and folder below root.
func walk(root string, look func(string, fs.FileInfo) string) []string {
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if wrong := look(path, info); wrong != "" {
			out = append(out, wrong)
		}
		return nil
	})
	if err != nil {
		out = append(out, err.Error())
	}
	return out
}
