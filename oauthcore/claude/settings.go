package claude

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"baton/oauthcore/jsonedit"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// EnvironmentSource is the source of an override that is a variable of the
// environment.
const EnvironmentSource = "environment"

// envPrefix is before the name of a variable in a settings file's env.
const envPrefix = "env."

// layer is one place that can set variables: the environment or a settings
// file.
type layer struct {
	source  string
	project bool // a project's settings: its env applies to `claude -p` only
	noEnv   bool
	lookup  Lookup                  // the environment; nil for a settings file
	env     map[string]string       // of a settings file
	members map[string]gjson.Result // of a settings file
}

// layers are all of them, the weakest first. A stronger one replaces single
// variables and members of a weaker one, also by an empty value.
type layers []layer

func environmentOnly(lookup Lookup) layers {
	return layers{{source: EnvironmentSource, lookup: lookup}}
}

// settingsLayers reads everything that sets Claude Code's variables here.
func (s *Store) settingsLayers(lookup Lookup) layers {
	all := environmentOnly(lookup)
	for _, f := range s.SettingsFiles() {
		all = append(all, layer{
			source: f.Path, project: f.Kind == ProjectSettings, members: f.Members, env: variables(f.Members["env"]),
		})
	}
	return all
}

// SettingsKind says whose a settings file is.
type SettingsKind string

// The kinds, the weakest first: a stronger file replaces what a weaker one sets.
const (
	UserSettings    SettingsKind = "user"
	ProjectSettings SettingsKind = "project" // of a trusted project
	ManagedSettings SettingsKind = "managed"
)

// SettingsFile is one settings file that Claude Code uses.
type SettingsFile struct {
	Path    string
	Kind    SettingsKind
	Members map[string]gjson.Result
}

// SettingsFiles reads the settings files that apply to a Claude Code started in
// the working directory, the weakest first. Files that are missing or cannot be
// read or parsed are left out, and so is a project that the person did not
// trust.
func (s *Store) SettingsFiles() (all []SettingsFile) {
	add := func(path string, kind SettingsKind) {
		if members := s.settingsMembers(path); members != nil {
			all = append(all, SettingsFile{path, kind, members})
		}
	}
	add(s.Paths.ClaudeSettings(), UserSettings)
	before := len(all)
	for _, path := range s.Paths.ProjectSettings() {
		add(path, ProjectSettings)
	}
	if len(all) > before && !s.trusted(s.Paths.Project) {
		all = all[:before]
	}
	for _, path := range s.managedFiles() {
		add(path, ManagedSettings)
	}
	return all
}

// settingsMembers gives the members of a settings file, nil if it is missing,
// unreadable or damaged. A byte order mark is skipped.
func (s *Store) settingsMembers(path string) map[string]gjson.Result {
	doc, err := ReadOr(s.FS, path)
	doc = bytes.TrimPrefix(doc, bom)
	if err != nil || Blank(doc) {
		return nil
	}
	list, err := jsonedit.Last(doc)
	if err != nil {
		return nil
	}
	members := make(map[string]gjson.Result, len(list))
	for _, m := range list {
		members[m.Key] = gjson.ParseBytes(m.Raw)
	}
	return members
}

// variables gives the variables of env as Claude Code turns them into text:
// numbers, true, false and null count by their spelling.
func variables(env gjson.Result) map[string]string {
	out := map[string]string{}
	if !env.IsObject() {
		return out
	}
	env.ForEach(func(name, value gjson.Result) bool { // of a name given twice the last one counts
		if out[name.String()] = value.String(); value.Type == gjson.Null {
			out[name.String()] = "null"
		}
		return true
	})
	return out
}

// trusted reports whether the person trusted a directory, or one it is in, when
// Claude Code asked. Claude Code notes the real path of its working directory.
func (s *Store) trusted(dir string) bool {
	cfg, err := s.PeekConfig(context.Background())
	if err != nil {
		return false
	}
	trusted := map[string]bool{}
	gjson.GetBytes(bytes.TrimPrefix(cfg.doc, bom), "projects").ForEach(func(name, project gjson.Result) bool {
		trusted[filepath.ToSlash(name.String())] = project.Get("hasTrustDialogAccepted").Bool()
		return true
	})
	for dir = filepath.ToSlash(resolved(dir)); ; {
		if trusted[dir] {
			return true
		}
		parent := filepath.ToSlash(filepath.Dir(filepath.FromSlash(dir)))
		if parent == dir {
			return false
		}
		dir = parent
	}
}

// withoutProjectEnv are the layers of an interactive session, which ignores the
// variables of a project by which it would use another login.
func (ls layers) withoutProjectEnv() layers {
	out := slices.Clone(ls)
	for i := range out {
		out[i].noEnv = out[i].project
	}
	return out
}

// value gives what a layer sets a variable or member to.
func (l layer) value(name string, member bool) (value string, set bool) {
	switch {
	case member:
		v := l.members[name]
		return v.String(), v.Type == gjson.String // Claude Code refuses another type
	case l.noEnv:
		return "", false
	case l.lookup != nil:
		return l.lookup(name)
	}
	value, set = l.env[name]
	return value, set
}

// effective gives the value of a variable after all layers.
func (ls layers) effective(name string) string {
	for _, l := range slices.Backward(ls) {
		if value, set := l.value(name, false); set {
			return value
		}
	}
	return ""
}

// Variables are the variables of a Claude Code started in the working directory:
// those of the environment, replaced by those that settings set. Those of a
// project are left out, since they are not the person's own.
type Variables struct{ all layers }

// Variables reads the settings files.
func (s *Store) Variables(lookup Lookup) Variables {
	return Variables{s.settingsLayers(lookup).withoutProjectEnv()}
}

// Pick gives the value of the first of the names that is not empty, from the
// strongest place that has one of them, and that place: EnvironmentSource or a
// settings file. Both are "" if there is none.
func (v Variables) Pick(names ...string) (value, source string) {
	hidden := map[string]bool{}
	for _, l := range slices.Backward(v.all) {
		for _, name := range names {
			value, set := l.value(name, false)
			if set && value != "" && !hidden[name] {
				return value, l.source
			}
			hidden[name] = hidden[name] || set
		}
	}
	return "", ""
}

// overrides lists what is in effect, in the order of overridingOrder, the
// strongest place of each first. Weaker places are listed as well: they apply
// once the stronger one is gone.
func (ls layers) overrides() (out []view.Override) {
	for _, r := range overridingOrder {
		for _, l := range slices.Backward(ls) {
			value, set := l.value(r.name, r.member)
			if !set {
				continue
			}
			if !r.counts(value, ls.effective) {
				break // it hides what weaker places say
			}
			name := r.name
			if l.lookup == nil && !r.member {
				name = envPrefix + name
			}
			out = append(out, view.Override{Source: l.source, Name: name})
		}
	}
	return out
}

// ProjectSettings are the settings files of the project in the working
// directory, the weaker one first; none if that directory is not known. In the
// directory above Config the first one would be the user's own settings, which
// is not listed twice.
func (p Paths) ProjectSettings() (out []string) {
	if p.Project == "" {
		return nil
	}
	for _, name := range []string{"settings.json", "settings.local.json"} {
		if path := filepath.Join(p.Project, ".claude", name); resolved(path) != resolved(p.ClaudeSettings()) {
			out = append(out, path)
		}
	}
	return out
}

// managedFiles are the files of the managed settings, the weakest first.
func (s *Store) managedFiles() (out []string) {
	if s.Paths.Managed == "" {
		return nil
	}
	out = append(out, s.Paths.ManagedSettings())
	entries, err := s.FS.ReadDir(s.Paths.ManagedDropIns())
	if err != nil {
		return out
	}
	for _, e := range entries { // sorted by name
		if name := e.Name(); strings.HasSuffix(name, ".json") && !strings.HasPrefix(name, ".") {
			out = append(out, filepath.Join(s.Paths.ManagedDropIns(), name))
		}
	}
	return out
}
