package setup

import (
	"slices"

	"baton/oauthcore/claude"

	"github.com/tidwall/gjson"
)

// Members by which Claude Code is told not to run hooks or a status line.
const (
	disableMember     = "disableAllHooks"
	managedOnlyMember = "allowManagedHooksOnly"
)

// Cause is a member of a settings file that keeps Claude Code from running one
// of Baton's commands; the zero value is none.
type Cause struct {
	Name string // the member
	Path string // the file it is in
	Kind claude.SettingsKind
}

// Replaces reports whether the cause is another status line, and not a switch.
func (c Cause) Replaces() bool { return c.Name == statusMember }

// Off says what keeps Claude Code from running Baton's commands, although
// settings.json names them.
type Off struct{ StatusLine, Hook Cause }

// Any reports whether one of the two commands is not run.
func (o Off) Any() bool { return o != Off{} }

// Both reports whether neither command is run.
func (o Off) Both() bool { return o.StatusLine != Cause{} && o.Hook != Cause{} }

// Off looks at the settings files of a Claude Code started in the working
// directory: disableAllHooks in any of them stops both commands, and a statusLine
// of the project or of managed settings replaces that of the user. Of
// allowManagedHooksOnly in managed settings only the commands of those settings
// are left. Of several files that set a member the strongest one counts.
func (s *Setup) Off() (out Off) {
	n, _, err := s.readNote()
	if err != nil {
		n = nil // Baton is then known by its file names
	}
	known := n.programs("")
	var both, only, line Cause
	lineHere, hookHere := false, false          // Baton's commands in the managed settings
	for _, f := range s.store.SettingsFiles() { // the weakest first
		managed := f.Kind == claude.ManagedSettings
		replace(&both, disableMember, f)
		if managed {
			replace(&only, managedOnlyMember, f)
			list := f.Members[hooksMember].Get(failureEvent)
			hookHere = hookHere || slices.ContainsFunc(commandsIn([]byte(list.Raw)), func(c string) bool { return runs(c, hookWord, known) })
		}
		v, ok := f.Members[statusMember]
		if !ok || f.Kind == claude.UserSettings || v.Type == gjson.Null {
			continue
		}
		ours := runs(commandOf([]byte(v.Raw)), statusWord, known)
		if line = (Cause{statusMember, f.Path, f.Kind}); ours {
			line = Cause{}
		}
		lineHere = managed && ours
	}
	if both != (Cause{}) {
		return Off{StatusLine: both, Hook: both}
	}
	out = Off{StatusLine: line}
	if !hookHere {
		out.Hook = only
	}
	if only != (Cause{}) && !lineHere && line.Kind != claude.ManagedSettings {
		out.StatusLine = only
	}
	return out
}

// replace makes a file that sets a member to true its cause, and one that sets it
// to false the end of it.
func replace(c *Cause, name string, f claude.SettingsFile) {
	if v, ok := f.Members[name]; ok && v.IsBool() {
		if *c = (Cause{}); v.Bool() {
			*c = Cause{name, f.Path, f.Kind}
		}
	}
}
