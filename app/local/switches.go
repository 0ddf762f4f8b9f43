//go:build !js

package local

import (
	"context"

	"baton/app/backend"
	"baton/oauthcore"
)

// Switch is one of `baton config` that is kept not in Baton's settings but
// where it acts, so that it is always what it says.
type Switch struct {
	Key   string
	About string // a sentence on what it does
	On    func() (bool, error)
	Set   func(on bool) error
}

// switches gives all of them, the core's and those of the surroundings.
func (b *Backend) switches() (out []backend.Setting, err error) {
	kept, err := b.core.Settings()
	for _, x := range kept {
		out = append(out, backend.Setting{Key: x.Key, Value: onOff(x.On), Default: onOff(false), About: x.About})
	}
	out = append(out, backend.Setting{
		Key: settingSetup, Value: onOff(b.setup.IsSetUp()), Default: onOff(false),
		About: "Claude Code tells Baton what is used and when a limit is hit, through its status line and a hook in its settings; like baton setup.",
	})
	for _, x := range b.Switches {
		on, wrong := x.On()
		if wrong != nil {
			b.Log.Warn("cannot tell a switch", "key", x.Key, "error", wrong)
		}
		out = append(out, backend.Setting{Key: x.Key, Value: onOff(on), Default: onOff(false), About: x.About})
	}
	return out, err
}

// settingSetup is not kept in Baton's files: it is on while Claude Code's
// settings name Baton's commands.
const settingSetup = "claude.setup"

// configure sets a switch. The notes say why it has no effect for now.
func (b *Backend) configure(ctx context.Context, key, value string) (notes []string, err error) {
	if key == settingSetup {
		on, err := oauthcore.ParseSwitch(key, value)
		if err != nil {
			return nil, err
		}
		r, err := b.setUp(ctx, backend.Action{Undo: !on})
		if err != nil {
			return nil, err
		}
		return r.Setup.Off, nil
	}
	for _, x := range b.Switches {
		if x.Key != key {
			continue
		}
		on, err := oauthcore.ParseSwitch(key, value)
		if err != nil {
			return nil, err
		}
		if err := x.Set(on); err != nil {
			return nil, &backend.Problem{
				Code: backend.ProblemFailed, Message: "cannot set " + key + ": " + err.Error(),
				Hint: "look at who may write there", Err: err,
			}
		}
		return nil, nil
	}
	return nil, b.core.Configure(ctx, key, value)
}
