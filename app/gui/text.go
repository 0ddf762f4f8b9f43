//go:build cgo || js

package gui

import (
	"fmt"
	"strings"

	"baton/app/backend"
)

// Every word the window says is in this file, so that a translation has one
// place to go.
const (
	textAdd            = "Add account"
	textAddShort       = "Add"
	textFilter         = "Filter"
	textNoMatch        = "No account matches the filter"
	textClearFilter    = "Show all"
	textEmptyTitle     = "No accounts yet"
	textEmptyAbout     = "Log in once to each of your Claude Code accounts; from then on they are one click apart."
	textSwap           = "Swap"
	textSwapAnyway     = "Swap anyway"
	textLogIn          = "Log in"
	textLogInAgain     = "Log in again…"
	textResume         = "Resume"
	textPause          = "Pause"
	textCancel         = "Cancel"
	textClose          = "Close"
	textTryAgain       = "Try again"
	textRefresh        = "Refresh the login"
	textUsage          = "Ask for usage now"
	textRename         = "Rename…"
	textLimit          = "Limit until…"
	textUnlimit        = "Clear the limit"
	textCopyEmail      = "Copy email"
	textDetails        = "Show the whole message…"
	textHide           = "Hide the message"
	textRemove         = "Remove…"
	textSetAside       = "Swap, keep the unknown login aside"
	textUndo           = "Undo"
	textActive         = "Active"
	textReady          = "Ready"
	textPaused         = "Paused"
	textNeedsLogin     = "Needs login"
	textLimited        = "Limited"
	textOffline        = "Offline"
	textUnsure         = "Last refresh unsure"
	textNoData         = "no data yet"
	textNotStarted     = "not started"
	textFiveHours      = "5 h"
	textSevenDays      = "7 d"
	textNoUsage        = "no usage seen yet"
	textNobody         = "Nobody is logged in"
	textNobodyHint     = "swap to an account to log Claude Code in"
	textStranger       = "A login Baton does not know"
	textTombstone      = "Claude Code is logged out"
	textTombstoneHint  = "its last login was refused; swap to an account to go on"
	textUnreadable     = "Claude Code's login can't be read"
	textAddIt          = "Add it"
	textUnknownHint    = "nothing replaces it until Baton knows it; add it to keep it"
	textCanceled       = "Canceled"
	textBrowser        = "Open the browser"
	textBrowserHint    = "Log in on the provider's page; Baton notices by itself."
	textPaste          = "Paste a code"
	textPasteHint      = "For a browser on another machine: it shows a code, you paste it here."
	textImport         = "Import the current login"
	textImportHint     = "Adds the account Claude Code uses at this moment."
	textStarting       = "Preparing the login…"
	textWaiting        = "Finish the login in the browser. If it is signed in as another account there, open the address in a private window."
	textWaitingPaste   = "Open the address, log in, and paste the code the page shows."
	textWaitingClaude  = "Finish the login in the window Claude Code opened."
	textOpenAgain      = "Open again"
	textOpen           = "Open"
	textCopy           = "Copy"
	textCopied         = "Copied"
	textCode           = "CODE#STATE"
	textCodeShort      = "paste the whole code: two parts with # between them"
	textFinish         = "Finish"
	textFinishing      = "Finishing the login…"
	textImporting      = "Reading the current login…"
	textLoginFailed    = "The login did not work"
	textOpenFailed     = "the browser could not be opened; copy the address instead"
	textRenameTitle    = "Rename"
	textRenameHint     = "A name of your own; empty shows the address."
	textSave           = "Save"
	textLimitTitle     = "Limit until"
	textLimitHint      = "Until then this account is left out when the next one is chosen."
	textLimitExample   = "15:30, +90m or 2026-01-31 09:00"
	textLimitBad       = "a time like 15:30, +90m or 2026-01-31 09:00"
	textLimitPast      = "that time has passed"
	textSet            = "Set"
	textRemoveYes      = "Remove"
	textRevoke         = "Also end this login at the provider, for good"
	textOneHour        = "1 hour"
	textFiveHoursLong  = "5 hours"
	textUntilTomorrow  = "tomorrow 09:00"
	textBusyElsewhere  = "Working…"
	textMenuSwapActive = "Swap (is active)"
)

func textLimitedUntil(at string) string   { return "Limited until " + at }
func textResets(at string) string         { return "resets " + at }
func textWasReset(at string) string       { return "was reset " + at }
func textSeen(ago string) string          { return "seen " + ago }
func textLoginEnds(in string) string      { return "Login ends " + in }
func textLeft(left int, of string) string { return fmt.Sprintf("%d%% of its %s left", left, of) }
func textNext(name, reason string) string {
	if reason == "" {
		return "Next: " + name
	}
	return "Next: " + name + ", " + reason
}

func textModel(name string, percent int, back string) string {
	if back == "" {
		return fmt.Sprintf("%s %d%%", name, percent)
	}
	return fmt.Sprintf("%s %d%%, back %s", name, percent, back)
}

func textFree(free, all int) string {
	if all == 1 {
		return fmt.Sprintf("%d of 1 account free now", free)
	}
	return fmt.Sprintf("%d of %d accounts free now", free, all)
}

func textSessions(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 session follows at its next prompt"
	}
	return fmt.Sprintf("%d sessions follow at their next prompt", n)
}

func textUnknown(email string) string {
	if email == "" {
		return "Claude Code uses a login that belongs to none of these accounts"
	}
	return "Claude Code uses a login that belongs to none of these accounts: " + email
}

func textOverride(o backend.Override) string {
	return fmt.Sprintf("%s is set (%s): there a swap changes nothing", o.Name, o.Source)
}

func textMore(n int) string {
	if n == 1 {
		return "1 more problem"
	}
	return fmt.Sprintf("%d more problems", n)
}

func textRemoveTitle(name string) string { return "Remove " + name + "?" }

func textRemoveAbout(active bool) string {
	if active {
		return "Baton forgets this login. Claude Code stays logged in with it until you swap or it ends; swap first if you want another."
	}
	return "Baton forgets this login. To use the account again you log in again."
}

func textKeptIn(path string) string { return "the unknown login is kept in " + path }

func textLoggedIn(name string, known, live bool) string {
	said := "Added " + name
	if known {
		said = "That is " + name + " again; its login is fresh"
	}
	if live {
		said += "; Claude Code uses it now"
	}
	return said
}

// textDoing is what a card says while an action on it runs and nothing more
// exact is known.
func textDoing(k backend.ActionKind) string {
	switch k {
	case backend.ActionSwap:
		return "Swapping…"
	case backend.ActionRefresh:
		return "Refreshing…"
	case backend.ActionUsage:
		return "Asking for usage…"
	case backend.ActionRemove:
		return "Removing…"
	}
	return "Saving…"
}

// textDone is what the foot says after an action, "" for nothing worth saying.
func textDone(a backend.Action, r backend.Result, name func(string) string) string {
	switch a.Kind {
	case backend.ActionSwap:
		if r.From == r.To {
			return "Checked " + name(r.To)
		}
		if r.From == "" {
			return "Swapped to " + name(r.To)
		}
		return "Swapped from " + name(r.From) + " to " + name(r.To)
	case backend.ActionRefresh:
		return "Refreshed " + name(a.Key)
	case backend.ActionImport:
		if r.Added {
			return "Added " + name(r.Key)
		}
		return name(r.Key) + " is saved"
	case backend.ActionRemove:
		return "Removed " + name(a.Key)
	}
	return ""
}

// planName writes plan and tier the way the provider's own pages do.
func planName(plan, tier string) string {
	if plan == "" {
		return ""
	}
	name := strings.ToUpper(plan[:1]) + plan[1:]
	if at := strings.LastIndexByte(tier, '_'); at >= 0 {
		if times, ok := strings.CutSuffix(tier[at+1:], "x"); ok && times != "" && strings.Trim(times, "0123456789") == "" {
			name += " " + times + "×"
		}
	}
	return name
}
