package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/view"
)

// examination is one examination under way.
type examination struct {
	*oauthcore.Core
	d     *Doctor
	req   Request
	now   time.Time
	found []Finding
	// damaged are the files that cannot be read; what follows from their content
	// is left out.
	damaged map[string]bool
	// config is the file Claude Code uses as its global configuration.
	config string
	// settle is open, once for all findings it repairs.
	settle repair
	// stopped is why open could not be done, or which login stops every refresh;
	// nil for neither. A file that open could not repair stops no refresh.
	stopped error
	// probed are the directories that were tried, with what came of it.
	probed map[string]error
}

func (d *Doctor) examine(ctx context.Context, r Request) ([]Finding, error) {
	x := &examination{
		Core: d.core, d: d, req: r, now: d.core.Now(),
		damaged: map[string]bool{}, probed: map[string]error{},
	}
	x.config = x.configPath()
	x.settle = repair{opening, once(x.openAndClose)}
	x.system()
	x.directories()
	x.modes()
	x.places(ctx)
	x.documents(ctx)
	x.leftovers()
	if err := x.locks(ctx); err != nil {
		return nil, err
	}
	x.logins(ctx)
	x.setAside()
	x.otherDirectories(ctx)
	x.repositories()
	x.setupCommands()
	x.overrides()
	return x.found, ctx.Err()
}

// report adds a finding, once.
func (x *examination) report(f Finding) {
	if !slices.ContainsFunc(x.found, func(have Finding) bool { return have.id() == f.id() }) {
		x.found = append(x.found, f)
	}
}

// once makes a repair of several findings run the first time only.
func once(run func(context.Context) error) func(context.Context) error {
	done := false
	var err error
	return func(ctx context.Context) error {
		if !done {
			done, err = true, run(ctx)
		}
		return err
	}
}

// openAndClose does what every operation starts with: it takes over the
// journal, brings vault, pool and live login in line, asks the provider for the
// owner of a login if only that helps, and clears what a Baton that died left.
func (x *examination) openAndClose(ctx context.Context) error {
	o, err := x.Open(ctx, oauthcore.Opening{Ask: true, All: true})
	if x.stopped = err; err != nil {
		return err
	}
	defer o.Release()
	if o.Unproved() {
		x.stopped = o.UnknownLive()
		return x.stopped
	}
	return o.RepairProblem()
}

// configPath is the global configuration Claude Code uses: the older file if
// there is one.
func (x *examination) configPath() string {
	if info, err := x.FS.Stat(x.Paths.OldConfig()); err == nil && info.Mode().IsRegular() {
		return x.Paths.OldConfig()
	}
	return x.Paths.ClaudeJSON
}

// system reports what Baton cannot do on this system at all.
func (x *examination) system() {
	var p *view.Problem
	if errors.As(x.Supported(), &p) {
		x.report(Finding{ID: "unsupported", Severity: SeverityInfo, Message: p.Message, Fix: p.Hint})
	}
}

// directories reports variables that lead Claude Code to another directory than
// the person may think.
func (x *examination) directories() {
	for _, name := range []string{"CLAUDE_CONFIG_DIR", "CLAUDE_SECURESTORAGE_CONFIG_DIR"} {
		value, set := x.req.Lookup(name)
		if set && value == "" && name == "CLAUDE_CONFIG_DIR" {
			x.report(Finding{
				ID: "empty_config_dir", Severity: SeverityWarning, Path: x.Paths.Config, subject: name,
				Message: name + " is set but empty, so Claude Code uses the working directory",
				Fix:     "unset " + name + ", or set it to a directory",
			})
		}
		if x.Paths.Literal != "" && value == x.Paths.Literal {
			dir := x.Paths.Config
			if name != "CLAUDE_CONFIG_DIR" {
				dir = x.Paths.Secure
			}
			x.report(Finding{
				ID: "literal_tilde", Severity: SeverityWarning, Path: dir, subject: name,
				Message: name + ` begins with "~", which Claude Code does not expand: it uses a directory of that name in the working directory`,
				Fix:     "write $HOME in place of ~ where " + name + " is set",
			})
		}
	}
	if x.config == x.Paths.OldConfig() {
		x.report(Finding{
			ID: "old_config", Severity: SeverityInfo, Path: x.config,
			Message: "Claude Code reads this file in place of " + x.Paths.ClaudeJSON + ", and so does Baton",
		})
	}
}

// overrides reports what Claude Code prefers to the live login.
func (x *examination) overrides() {
	for _, o := range x.Overrides(x.req.Lookup) {
		f := Finding{
			ID: "override", Severity: SeverityWarning, subject: o.Name,
			Message: o.Name + " is set in this environment and beats the login: a swap changes nothing here",
			Fix:     "unset " + o.Name,
		}
		if o.Source != claude.EnvironmentSource {
			f.Path = o.Source
			f.Message = o.Name + " beats the login: a swap changes nothing"
			f.Fix = "take " + o.Name + " out of the file"
		}
		switch {
		case x.isManaged(o.Source):
			f.Fix = managedFix
		case o.Name == gatewayName:
			f.Severity = SeverityInfo
			f.Message = o.Name + " beats the login: Claude Code works through that company gateway"
			f.Fix = ""
		case o.PrintOnly:
			f.Message = o.Name + " beats the login for claude -p in this directory: a swap changes nothing there"
		}
		x.report(f)
	}
}

// managedFix is said of a cause in managed settings.
const managedFix = "only an administrator of this computer can change managed settings"

// gatewayName is the name of the override that is a company gateway.
const gatewayName = "enterpriseGateway"

// isManaged reports whether a file is one of the managed settings.
func (x *examination) isManaged(path string) bool {
	return x.Paths.Managed != "" && strings.HasPrefix(path, x.Paths.Managed+string(filepath.Separator))
}

// lock takes one of Baton's locks for a repair.
func (x *examination) lock(ctx context.Context) (release func(), err error) {
	return x.Lock(ctx, x.Paths.ClientLock(), claude.LockWait)
}
