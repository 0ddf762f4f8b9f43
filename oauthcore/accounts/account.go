package accounts

import (
	"fmt"
	"io"
	"strings"
	"time"

	"baton/oauthcore/jsonedit"

	"github.com/tidwall/gjson"
)

// Doubt is why it is not known whether an account's login still works; "" for
// no doubt. A saved answer of the provider ends it.
type Doubt string

// The doubts.
const (
	// DoubtRestored: the vault is older than this machine remembers, so its
	// tokens may have been used up since.
	DoubtRestored Doubt = "restored"
	// DoubtCopied: the login is a copy from the keyring, and may have been used
	// up since it was copied.
	DoubtCopied Doubt = "copied"
	// DoubtSetAside: a login that may be the account's newest was set aside.
	DoubtSetAside Doubt = "set_aside"
	// DoubtClient: Claude Code was asked to log in again on this login.
	DoubtClient Doubt = "client"
	// DoubtGone: the login disappeared from Claude Code's file, which happens
	// when it is logged out or refused.
	DoubtGone Doubt = "gone"
	// DoubtSent: a request went out and no answer was saved, noted by a Baton
	// that kept no journal.
	DoubtSent Doubt = "sent"
	// DoubtRival: the account pool held an earlier login of an account that is
	// not identified yet.
	DoubtRival Doubt = "rival"
)

// Account is one account as the vault knows it.
type Account struct {
	Key   string
	Email string
	// AccountUUID and OrganizationUUID together say whose it is; they are
	// empty for an account taken from the pool until the provider named it.
	AccountUUID      string
	OrganizationUUID string
	OrganizationName string
	DisplayName      string
	Label            string // the person's own name for it
	Order            int64
	Paused           bool
	NeedsLogin       bool // the provider ended the login
	Removed          bool // kept only so that nothing brings it back
	// Refused is the provider's own words for refusing the account, "" while
	// it does not.
	Refused string
	Doubt   Doubt
	// Rival is the key of the account under whose key in the pool this account's
	// login was found, while it is not known whose it is; "" for none.
	Rival string

	Credential Credential
	// Siblings are the members of .credentials.json that belong to the account
	// beside its login, as one object; nil for none.
	Siblings []byte
	// OAuthAccount is the whole member of .claude.json as last seen, nil when
	// never seen.
	OAuthAccount []byte
	// Generation rises with each new login of the account; 0 where it was never
	// counted.
	Generation int64

	raw   []byte
	print string   // the fingerprint of the refresh token that was read
	was   *Account // as it was read, nil for an account that is new
	// Flags of earlier versions, read once.
	oldSpent                         []string
	oldRestored, oldAside, oldClient bool
}

// Identity says whose a login is, by the provider's own identifiers.
type Identity struct {
	AccountUUID      string
	OrganizationUUID string
	Email            string
	OrganizationName string
	DisplayName      string
}

// Complete says that the identity names account and organisation.
func (i Identity) Complete() bool { return i.AccountUUID != "" && i.OrganizationUUID != "" }

// Same says that both name the same account and organisation.
func (i Identity) Same(o Identity) bool {
	return i.Complete() && i.AccountUUID == o.AccountUUID && i.OrganizationUUID == o.OrganizationUUID
}

// Identity is what the account is known as.
func (a *Account) Identity() Identity {
	return Identity{
		AccountUUID: a.AccountUUID, OrganizationUUID: a.OrganizationUUID, Email: a.Email,
		OrganizationName: a.OrganizationName, DisplayName: a.DisplayName,
	}
}

// Is says whether the account is the one identified. An account that is not
// identified yet is never it.
func (a *Account) Is(i Identity) bool { return a.Identity().Same(i) }

// Identified says that account and organisation are known.
func (a *Account) Identified() bool { return a.Identity().Complete() }

// Name is what to call the account.
func (a *Account) Name() string {
	if a.Label != "" {
		return a.Label
	}
	return a.Email
}

// NeedsNewLogin says that the account cannot be used without a login.
func (a *Account) NeedsNewLogin() bool { return a.NeedsLogin || !a.Credential.Usable() }

// Against compares a login of the account that turned up with the one it has, as
// Credential.Compare does: 1 where it is the later. Every login is later than
// none, and than one the provider ended.
func (a *Account) Against(cr Credential) int {
	if a.NeedsNewLogin() {
		return 1
	}
	return cr.Compare(a.Credential)
}

// HasWay says that there is a way to a good access token: one at hand, or a
// refresh token to get one with.
func (a *Account) HasWay(now time.Time) bool {
	return !a.Credential.RefreshToken.Empty() || a.Credential.FreshAt(now, FreshMargin)
}

// FreshMargin is how much life an access token must have left to be put in
// front of Claude Code.
const FreshMargin = 10 * time.Minute

// LoginEnds says whether the login's own deadline is less than a week off.
func (a *Account) LoginEnds(now time.Time) bool {
	at := a.Credential.RefreshExpiresAt
	return !at.IsZero() && at.Sub(now) < 7*24*time.Hour
}

// AnswersTo is the organisation an account works for: the company's for a team
// or enterprise seat, "" for a person's own plan, whose organisation stands for
// that person alone.
func (a *Account) AnswersTo() string {
	switch strings.ToLower(a.Credential.Plan) {
	case "max", "pro", "free":
		return ""
	}
	if a.OrganizationUUID == "" {
		return "unknown " + a.Key // it may be anybody's
	}
	return a.OrganizationUUID
}

// String names the account; formatting it shows no token.
func (a Account) String() string { return "account " + a.Key }

// Format implements fmt.Formatter, so that no verb reaches the tokens.
func (a Account) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// fields ties the members of an entry in the vault to the account.
func (a *Account) fields() []jsonedit.Field {
	doubt := (*string)(&a.Doubt)
	return []jsonedit.Field{
		jsonedit.Text("email", &a.Email),
		jsonedit.Text("accountUuid", &a.AccountUUID),
		jsonedit.Text("organizationUuid", &a.OrganizationUUID),
		jsonedit.Text("organizationName", &a.OrganizationName),
		jsonedit.Text("displayName", &a.DisplayName),
		jsonedit.Text("label", &a.Label),
		jsonedit.Number("order", &a.Order).Always("0"),
		jsonedit.Number("generation", &a.Generation),
		jsonedit.Flag("paused", &a.Paused),
		jsonedit.Flag("needsLogin", &a.NeedsLogin),
		jsonedit.Flag("removed", &a.Removed),
		jsonedit.Text("refused", &a.Refused),
		jsonedit.Text("doubt", doubt),
		jsonedit.Text("rival", &a.Rival),
		jsonedit.Object("siblings", &a.Siblings),
		jsonedit.Object("oauthAccount", &a.OAuthAccount),
		CredentialField("claudeAiOauth", &a.Credential),
		spentField(&a.oldSpent),
		jsonedit.Flag("restoredFromBackup", &a.oldRestored),
		jsonedit.Flag("setAsideUnsure", &a.oldAside),
		jsonedit.Flag("clientDoubts", &a.oldClient),
	}
}

// CredentialField is a member that holds a whole login, left out where there is
// none.
func CredentialField(name string, to *Credential) jsonedit.Field {
	return jsonedit.Of(name, &login{to, to.fields()})
}

type login struct {
	to     *Credential
	fields []jsonedit.Field // of to
}

// Read implements jsonedit.Variable, of null alone: login is a Keeper.
func (l *login) Read(gjson.Result) error {
	*l.to = Credential{}
	return nil
}

// Keep implements jsonedit.Keeper.
func (l *login) Keep(raw []byte) error {
	was := *l.to
	*l.to = Credential{raw: raw}
	err := jsonedit.Read(raw, l.fields)
	if err != nil {
		*l.to = was
	}
	return err
}

// Same implements jsonedit.Variable.
func (l *login) Same(v gjson.Result) bool {
	if v.Type == gjson.Null {
		return l.to.raw == nil
	}
	return jsonedit.Equal2([]byte(v.Raw), l.to.raw)
}

// Encode implements jsonedit.Variable.
func (l *login) Encode() []byte { return l.to.raw }

// spentField reads the list of spent tokens that earlier versions kept with
// each account; it is never written.
func spentField(to *[]string) jsonedit.Field {
	return jsonedit.FieldOf("spent", to, func(v gjson.Result) ([]string, error) {
		if !v.IsArray() {
			return nil, ErrShape
		}
		out := []string{}
		for _, e := range v.Array() {
			out = append(out, e.String())
		}
		return out, nil
	}, func(a, b []string) bool { return (a == nil) == (b == nil) }, func([]string) []byte { return nil })
}

// accountParser gives the function that parses accounts, one after the other
// into the same variable.
func accountParser() func(key string, raw []byte) (Account, error) {
	var a Account
	fields := a.fields()
	return func(key string, raw []byte) (Account, error) {
		a = Account{Key: key, raw: raw}
		if err := jsonedit.Read(raw, fields); err != nil {
			return a, fmt.Errorf("an account's %w", err)
		}
		if a.Email == "" {
			a.Email = AddressOf(key)
		}
		a.print = a.Credential.Fingerprint()
		return a, nil
	}
}

// changed says that the account is not as it was read.
func (a *Account) changed() bool {
	was := a.was
	return was == nil || a.flat() != was.flat() || len(a.oldSpent) != len(was.oldSpent) ||
		!jsonedit.Equal2(a.Credential.raw, was.Credential.raw) || !jsonedit.Equal2(a.Siblings, was.Siblings) || !jsonedit.Equal2(a.OAuthAccount, was.OAuthAccount)
}

// flat is the part of an account that can be compared.
type flat struct {
	text  [9]string
	n     [2]int64
	flags [6]bool
}

func (a *Account) flat() flat {
	return flat{
		[9]string{a.Email, a.AccountUUID, a.OrganizationUUID, a.OrganizationName, a.DisplayName, a.Label, a.Refused, string(a.Doubt), a.Rival},
		[2]int64{a.Order, a.Generation},
		[6]bool{a.Paused, a.NeedsLogin, a.Removed, a.oldRestored, a.oldAside, a.oldClient},
	}
}

// encode gives the account's object: known members set, unknown ones kept.
func (a *Account) encode() ([]byte, error) { return jsonedit.Write(a.raw, a.fields()) }

// AddressOf gives the address part of a key.
func AddressOf(key string) string {
	address, _, _ := strings.Cut(key, "#")
	return address
}
