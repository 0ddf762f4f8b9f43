package claude

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// ManagedDir is the directory of Claude Code's managed settings on a system,
// as runtime.GOOS names it. On Windows that is the one in Program Files, or the
// older one in ProgramData if only that exists. exists reports whether a
// directory does.
func ManagedDir(goos string, exists func(dir string) bool) string {
	switch goos {
	case "darwin":
		return "/Library/Application Support/ClaudeCode"
	case "windows":
		const now, older = `C:\Program Files\ClaudeCode`, `C:\ProgramData\ClaudeCode`
		if !exists(now) && exists(older) {
			return older
		}
		return now
	}
	return "/etc/claude-code"
}

// ManagedDropIns is the directory of the files that add to the managed settings.
func (p Paths) ManagedDropIns() string { return filepath.Join(p.Managed, "managed-settings.d") }

// ManagedSettings is the main file of the managed settings, "" for none.
func (p Paths) ManagedSettings() string {
	if p.Managed == "" {
		return ""
	}
	return filepath.Join(p.Managed, "managed-settings.json")
}

// Forced is the forceLoginOrgUUID of managed settings: the only organisations
// with which Claude Code starts.
type Forced struct {
	Organizations []string // UUIDs; none: every organisation is allowed
	Source        string   // the file that says so
}

// Allows reports whether Claude Code starts with an account of an organisation.
// An organisation that is not known is allowed.
func (f Forced) Allows(organization string) bool {
	return len(f.Organizations) == 0 || organization == "" ||
		slices.ContainsFunc(f.Organizations, func(o string) bool { return strings.EqualFold(o, organization) })
}

// ForcedOrganizations reads forceLoginOrgUUID from the managed settings, which
// is one UUID or a list of them. Lists of several files add up; else the file
// that is read last counts.
func (s *Store) ForcedOrganizations() (f Forced) {
	var list bool
	for _, path := range s.managedFiles() {
		v, ok := s.settingsMembers(path)["forceLoginOrgUUID"]
		if !ok {
			continue
		}
		var found []string
		for _, e := range v.Array() { // one value makes an array of itself
			if id := strings.TrimSpace(e.String()); e.Type == gjson.String && id != "" {
				found = append(found, id)
			}
		}
		if list && v.IsArray() {
			found = append(f.Organizations, found...)
		}
		slices.Sort(found)
		f, list = Forced{Organizations: slices.Compact(found), Source: path}, v.IsArray()
	}
	return f
}
