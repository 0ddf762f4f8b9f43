package setup

import (
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

// Off says what keeps Claude Code from running Baton's commands, although
// settings.json names them.
type Off struct{ StatusLine, Hook Cause }

// Any reports whether one of the two commands is not run.
func (o Off) Any() bool { return o != Off{} }

// Both reports whether neither command is run.
func (o Off) Both() bool { return o.StatusLine != Cause{} && o.Hook != Cause{} }

// Off looks at the settings files of a Claude Code started in the working
// directory: disableAllHooks in any of them and allowManagedHooksOnly in managed
// settings stop both commands, and a statusLine of the project or of managed
// settings replaces that of the user.
func (s *Setup) Off() (out Off) {
	n, _, err := s.readNote()
	if err != nil {
		n = nil // Baton is then known by its file names
	}
	known := n.programs("")
	var both, line Cause
	for _, f := range s.store.SettingsFiles() { // the weakest first
		if v, ok := f.Members[disableMember]; ok && v.IsBool() {
			if both = (Cause{}); v.Bool() {
				both = Cause{disableMember, f.Path, f.Kind}
			}
		}
		v, ok := f.Members[statusMember]
		if !ok || f.Kind == claude.UserSettings || v.Type == gjson.Null {
			continue
		}
		if line = (Cause{statusMember, f.Path, f.Kind}); runs(commandOf([]byte(v.Raw)), statusWord, known) {
			line = Cause{}
		}
	}
	if both == (Cause{}) {
		for _, f := range s.store.SettingsFiles() {
			if f.Kind == claude.ManagedSettings && f.Members[managedOnlyMember].Bool() {
				both = Cause{managedOnlyMember, f.Path, f.Kind}
			}
		}
	}
	if both != (Cause{}) {
		return Off{StatusLine: both, Hook: both}
	}
	return Off{StatusLine: line}
}
