package doctor

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/clientlock"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// document is a file that has to say something.
type document struct {
	path     string
	severity Severity
	check    func([]byte) error
	fix      string
	repair   repair
}

// documents checks that every file can be parsed. None of them is ever repaired
// but by open: what cannot be read cannot be written again without a loss. Only
// the lock registry is Baton's to lose.
func (x *examination) documents(ctx context.Context) {
	for _, d := range append([]document{
		{
			x.Paths.Vault(), SeverityError, parses(accounts.ParseVault),
			"repair it, or restore it from a backup; moved away, Baton starts again from the account pool and Claude Code's login, without the labels",
			repair{},
		},
		{
			x.Paths.Pool(), SeverityError, parses(accounts.ParsePool),
			"repair it, or move it away: Baton writes it again from its own list",
			repair{},
		},
		{
			x.Paths.Credentials(), SeverityError, parses(claude.ParseLive),
			"repair it: the newest login of the account in use is in it, and MCP logins; if that cannot be done, move it away and log in again with: baton login",
			repair{},
		},
		{
			x.config, SeverityError, checkConfig,
			"repair it, or restore it from a backup: Claude Code keeps its projects and MCP servers in it",
			repair{},
		},
		{
			x.Paths.Usage(), SeverityError, parses(accounts.ParseUsage),
			"move it away: only what was seen of usage and limits is lost",
			repair{},
		},
		{
			x.Paths.Settings(), SeverityError, func(doc []byte) error {
				_, err := oauthcore.ParseSettings(x.Paths.Settings(), doc)
				return err
			},
			"repair it, or move it away: only Baton's switches are lost",
			repair{},
		},
		{
			x.Paths.Setup(), SeverityWarning, parses(jsonedit.Members),
			"repair it, or move it away: it notes what baton setup put into Claude Code's settings, and the status line there was before",
			repair{},
		},
		{
			x.Paths.OldInbox(), SeverityError, checkLogin,
			"it holds a login that waits to be saved: move it away, log in to that account again, then delete it",
			repair{},
		},
		{
			x.Paths.LockRegistry(), SeverityWarning, clientlock.CheckRegistry,
			"baton doctor --fix removes it: it only notes locks",
			repair{first, x.removeRegistry},
		},
		{
			x.Paths.ClaudeSettings(), SeverityWarning, checkSettings,
			"repair it: Claude Code reads it, too, and whether it sets anything that beats the login is not known",
			repair{},
		},
	}, x.entries()...) {
		x.document(ctx, d)
	}
}

// entries are the journal's files.
func (x *examination) entries() (out []document) {
	list, err := x.FS.ReadDir(x.Paths.Answers())
	if err != nil {
		return nil
	}
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".json") && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, document{
				filepath.Join(x.Paths.Answers(), e.Name()), SeverityError, func(doc []byte) error { return parses(jsonedit.Members)(doc) },
				"it may hold a login: keep a copy of it, log in to that account again, then move it away",
				repair{},
			})
		}
	}
	return out
}

func (x *examination) document(ctx context.Context, d document) {
	_, err := claude.ReadWhole(ctx, x.FS, d.path, func(doc []byte) (struct{}, error) {
		err := d.check(doc)
		if err != nil && bytes.HasPrefix(doc, bom) && !claude.IsDamage(err) {
			err = errors.Join(err, jsonedit.ErrSyntax)
		}
		return struct{}{}, err
	})
	if err == nil || ctx.Err() != nil {
		return
	}
	x.damaged[d.path] = true
	if _, statErr := x.FS.Stat(x.Paths.InPlace(d.path)); statErr == nil && (d.path == x.config || d.path == x.Paths.Credentials()) {
		d.repair, d.fix = x.settle, "a write to it was cut off: baton doctor --fix puts the old content back"
	} else if marked(x.FS, d.path) {
		d.fix = "save it as UTF-8 without a byte order mark; or " + d.fix
	}
	if d.path == x.Paths.Credentials() && !x.byFile(ctx) {
		d.severity, d.fix = SeverityWarning, "Claude Code goes by the Keychain and not by this file: repair it, or move it away"
	}
	f := Finding{ID: "damaged", Severity: d.severity, Path: d.path, Message: "it cannot be read: " + err.Error(), Fix: d.fix, repair: d.repair}
	var p *view.Problem
	switch {
	case errors.As(err, &p) && p.Code == view.CodeDamaged:
		f.Message = "it " + x.damage(d.path, p.Err)
	case p != nil:
		at, why := failing(p.Err, d.path)
		f.ID, f.Message, f.Fix, f.repair = "unreadable", "it cannot be read: "+why+linked(at, d.path), p.Hint, repair{}
	}
	x.report(f)
}

// bom is a UTF-8 byte order mark.
var bom = []byte("\xef\xbb\xbf")

// marked says that a file begins with a byte order mark.
func marked(fsys interface{ ReadFile(string) ([]byte, error) }, path string) bool {
	doc, err := fsys.ReadFile(path)
	return err == nil && bytes.HasPrefix(doc, bom)
}

// damage says in a few words what is wrong with a file.
func (x *examination) damage(path string, cause error) string {
	var p *view.Problem
	if errors.As(cause, &p) { // of a parser that knows its path
		cause = p.Err
	}
	text := claude.Damage(cause)
	if marked(x.FS, path) && !strings.Contains(text, "byte order mark") {
		text = "begins with a byte order mark (an invisible character at its start)"
	}
	return text
}

// parses makes a check of a parser.
func parses[T any](parse func([]byte) (T, error)) func([]byte) error {
	return func(doc []byte) error {
		if claude.Blank(doc) {
			return nil
		}
		_, err := parse(doc)
		return err
	}
}

// checkConfig checks Claude Code's global configuration, which may begin with a
// byte order mark.
func checkConfig(doc []byte) error {
	return parses(func(doc []byte) (struct{}, error) {
		members, err := jsonedit.Last(doc)
		for _, m := range members {
			if err == nil && m.Key == claude.AccountMember && !claude.Blank(m.Raw) {
				_, err = jsonedit.Members(m.Raw)
			}
		}
		return struct{}{}, err
	})(bytes.TrimPrefix(doc, bom))
}

// checkLogin checks a file whose only use is the login in it.
func checkLogin(doc []byte) error {
	return parses(func(doc []byte) (struct{}, error) {
		l, err := claude.ParseLive(doc)
		if err == nil && !l.Usable() {
			err = jsonedit.ErrType
		}
		return struct{}{}, err
	})(doc)
}

func checkSettings(doc []byte) error {
	doc = bytes.TrimPrefix(doc, bom)
	if claude.Blank(doc) || jsonedit.Valid(doc) {
		return nil
	}
	return jsonedit.ErrSyntax
}

// byFile says that Claude Code goes by the credentials file: everywhere except
// where macOS's Keychain has an item.
func (x *examination) byFile(ctx context.Context) bool {
	if x.Keychain == nil {
		return true
	}
	_, err := x.readItem(ctx, *x.Keychain)
	return errors.Is(err, keychain.ErrNotFound)
}

// removeRegistry removes a lock registry that cannot be read. The locks that
// were noted in it then count as other programs', and end by growing stale.
func (x *examination) removeRegistry(ctx context.Context) error {
	release, err := x.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	path := x.Paths.LockRegistry()
	doc, err := claude.ReadOr(x.FS, path)
	if err != nil || clientlock.CheckRegistry(doc) == nil {
		return err
	}
	if err := x.FS.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return claude.Unwritable(path, err)
	}
	return nil
}
