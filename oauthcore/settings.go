package oauthcore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// The switches that other packages act on.
const (
	SettingMirror = "keyring.mirror"
	SettingAuto   = "swap.auto"
	settingAcross = "swap.acrossOrganizations"
	settingPoll   = "usage.poll"
)

// IsOn says whether a switch is on.
func (c *Core) IsOn(key string) (bool, error) {
	all, err := c.Settings()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(s view.Setting) bool { return s.Key == key && s.On }), nil
}

// switches are all of them; everything that acts without being asked is off
// at first.
func switches() []view.Setting {
	return []view.Setting{
		{Key: SettingAuto, About: "When the active account hits its limit, Baton makes the next free one active by itself (this needs: baton setup)."},
		{Key: settingAcross, About: "Automatic swaps may also go from a company's account to a private one, or to another company's."},
		{Key: settingPoll, About: "While its window, tray or page is open, Baton asks the provider for usage every few minutes, beyond what Claude Code tells it."},
		{Key: SettingMirror, About: "Refresh tokens are copied into the system's keyring, so that they survive the loss of Baton's files."},
		{Key: "notify.swap", About: "A notification when another account becomes the active one, whoever swapped."},
		{Key: "notify.limit", About: "A notification when an account reaches its limit."},
		{Key: "notify.free", About: "A notification when a limited account is free again."},
		{Key: "notify.login", About: "A notification when a login is about to end or was refused."},
		{Key: "notify.terminal", About: "When Claude Code reports a limit, a refusal or a login in doubt, and when another account then takes over, the terminal of that session says so (this needs: baton setup)."},
	}
}

// Settings gives every switch as it is set.
func (c *Core) Settings() ([]view.Setting, error) {
	doc, err := claude.ReadOr(c.FS, c.Paths.Settings())
	if err != nil {
		return switches(), err
	}
	return ParseSettings(c.Paths.Settings(), doc)
}

// ParseSettings reads the switches from the bytes of the file at path. The error
// is a *view.Problem; the switches then are as they are at first.
func ParseSettings(path string, doc []byte) ([]view.Setting, error) {
	all := switches()
	if claude.Blank(doc) {
		return all, nil
	}
	members, err := jsonedit.Members(doc)
	if err != nil {
		return all, claude.Damaged(path, err)
	}
	for _, m := range members {
		for i := range all {
			if all[i].Key == m.Key {
				v := gjson.ParseBytes(m.Raw)
				if all[i].On = v.Bool(); !v.IsBool() && v.Type != gjson.Null {
					return all, claude.Damaged(path, fmt.Errorf("%s: %w", m.Key, jsonedit.ErrType))
				}
			}
		}
	}
	return all, nil
}

// ParseSwitch reads what a person gives a switch for its value. The error is an
// *view.Problem of CodeUsage.
func ParseSwitch(key, value string) (on bool, err error) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "on", "true":
		return true, nil
	case "off", "false":
		return false, nil
	}
	return false, &view.Problem{Code: view.CodeUsage, Message: fmt.Sprintf("%q is not a value for %s", value, key), Hint: "use on or off"}
}

// Configure sets a switch; value is "on" or "off" (true and false do too). The
// error is a *view.Problem, CodeUsage for a switch or value that does not exist.
func (c *Core) Configure(ctx context.Context, key, value string) error {
	on, err := ParseSwitch(key, value)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(switches(), func(s view.Setting) bool { return s.Key == key }) {
		return &view.Problem{Code: view.CodeUsage, Message: fmt.Sprintf("there is no switch %q", key), Hint: "run 'baton config' to see them all"}
	}
	raw := strconv.AppendBool(nil, on)
	release, err := c.Lock(ctx, c.Paths.StoreLock(), claude.StoreWait)
	if err != nil {
		return err
	}
	defer release()
	path := c.Paths.Settings()
	doc, err := claude.ReadOr(c.FS, path)
	if err != nil {
		return err
	}
	if _, err := ParseSettings(path, doc); err != nil {
		return err
	}
	if claude.Blank(doc) {
		doc = []byte("{}")
	}
	if doc, err = jsonedit.Set(doc, raw, key); err == nil {
		doc, err = jsonedit.Pretty(doc)
	}
	if err != nil {
		return claude.Damaged(path, err)
	}
	if err := files.WriteWhole(c.FS, path, doc); err != nil {
		return claude.Unwritable(path, err)
	}
	return nil
}
