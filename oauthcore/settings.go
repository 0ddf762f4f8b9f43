package oauthcore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Setting is one switch, "on" or "off".
type Setting struct {
	Key   string
	On    bool
	About string // a sentence on what it does
}

// switches are all of them; everything that acts without being asked is off
// at first.
func switches() []Setting {
	return []Setting{
		{Key: settingAuto, About: "When the active account hits its limit, Baton makes the next free one active by itself (this needs: baton setup)."},
		{Key: settingAcross, About: "Automatic swaps may also go from a company's account to a private one, or to another company's."},
		{Key: settingPoll, About: "While its window, tray or page is open, Baton asks the provider for usage every few minutes, beyond what Claude Code tells it."},
		{Key: "keyring.mirror", About: "Refresh tokens are copied into the system's keyring, so that they survive the loss of Baton's files."},
		{Key: "notify.swap", About: "A notification when another account becomes the active one, whoever swapped."},
		{Key: "notify.limit", About: "A notification when an account reaches its limit."},
		{Key: "notify.free", About: "A notification when a limited account is free again."},
		{Key: "notify.login", About: "A notification when a login is about to end or was refused."},
	}
}

// Settings gives every switch as it is set.
func (c *Core) Settings() ([]Setting, error) {
	doc, err := readOr(c.FS, c.Paths.Settings())
	if err != nil {
		return switches(), err
	}
	return parseSettings(c.Paths.Settings(), doc)
}

func parseSettings(path string, doc []byte) ([]Setting, error) {
	all := switches()
	if blank(doc) {
		return all, nil
	}
	members, err := jsonedit.Members(doc)
	if err != nil {
		return all, damaged(path, err)
	}
	for _, m := range members {
		for i := range all {
			if all[i].Key == m.Key {
				if err := flag(gjson.ParseBytes(m.Raw), &all[i].On); err != nil {
					return all, damaged(path, &memberError{m.Key})
				}
			}
		}
	}
	return all, nil
}

// ParseSwitch reads what a person gives a switch for its value. The error is an
// *Error of CodeUsage.
func ParseSwitch(key, value string) (on bool, err error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "on", "true":
		return true, nil
	case "off", "false":
		return false, nil
	}
	return false, &Error{Code: CodeUsage, Message: fmt.Sprintf("%q is not a value for %s", value, key), Hint: "use on or off"}
}

// Configure sets a switch; value is "on" or "off" (true and false do too). The
// error is an *Error, CodeUsage for a switch or value that does not exist.
func (c *Core) Configure(ctx context.Context, key, value string) error {
	on, err := ParseSwitch(key, value)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(switches(), func(s Setting) bool { return s.Key == key }) {
		return &Error{Code: CodeUsage, Message: fmt.Sprintf("there is no switch %q", key), Hint: "run 'baton config' to see them all"}
	}
	raw := strconv.AppendBool(nil, on)
	release, err := c.lock(ctx, c.Paths.StoreLock(), storeWait)
	if err != nil {
		return err
	}
	defer release()
	path := c.Paths.Settings()
	doc, err := readOr(c.FS, path)
	if err != nil {
		return err
	}
	if _, err := parseSettings(path, doc); err != nil {
		return err
	}
	if blank(doc) {
		doc = []byte("{}")
	}
	if doc, err = jsonedit.Set(doc, raw, key); err == nil {
		doc, err = jsonedit.Pretty(doc)
	}
	if err != nil {
		return damaged(path, err)
	}
	if err := files.WriteWhole(c.FS, path, doc); err != nil {
		return unwritable(path, err)
	}
	return nil
}
