//go:build cgo || js

package gui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"baton/app/backend"
)

func textPercentOf(n int) string { return tr(textPercent, "N", n) }

func textNextIs(name, reason string) string {
	if reason == "" {
		return tr(textNextBare, "Name", name)
	}
	return tr(textNext, "Name", name, "Reason", reason)
}

// reasonText is why an account is next. The backend says it in English.
func reasonText(reason string) string {
	if speaking() == langEnglish {
		return reason
	}
	if left, ok := strings.CutSuffix(reason, "% left"); ok {
		return tr(textLeft, "Left", tr(textPercent, "N", left))
	}
	if reason == "not used yet" {
		return tr(textNotUsed)
	}
	return ""
}

func textModelAt(name string, percent int, back string) string {
	if back == "" {
		return tr(textModel, "Name", name, "Used", textPercentOf(percent))
	}
	return tr(textModelBack, "Name", name, "Used", textPercentOf(percent), "Day", back)
}

func textOverrideBy(o backend.Override) string {
	switch {
	case o.Name == backend.OverrideGateway:
		return tr(textOverrideGateway, "Source", o.Source)
	case o.PrintOnly:
		return tr(textOverridePrint, "Name", o.Name, "Source", o.Source)
	case o.Source == "environment":
		return tr(textOverrideEnv, "Name", o.Name)
	}
	return tr(textOverride, "Name", o.Name, "Source", o.Source)
}

// textOverrideHintFor is what to do about it.
func textOverrideHintFor(o backend.Override) string {
	if o.Name == backend.OverrideGateway {
		return tr(textOverrideGatewayHint)
	}
	return tr(textOverrideHint)
}

func textLoggedIn(name string, known, live bool) string {
	k := map[[2]bool]key{
		{false, false}: textAdded, {true, false}: textKnown,
		{false, true}: textAddedLive, {true, true}: textKnownLive,
	}[[2]bool{known, live}]
	return tr(k, "Name", name)
}

// textDoing is what a card says while an action on it runs and nothing more
// exact is known.
func textDoing(k backend.ActionKind) string {
	switch k {
	case backend.ActionSwap:
		return tr(textSwapping)
	case backend.ActionRefresh:
		return tr(textRefreshing)
	case backend.ActionUsage:
		return tr(textAskingUsage)
	case backend.ActionRemove:
		return tr(textRemoving)
	}
	return tr(textSaving)
}

// textDone is what the foot says after an action, "" for nothing worth saying.
// Of a swap the snapshot tells; see footView.
func textDone(a backend.Action, r backend.Result, name func(string) string) string {
	switch a.Kind {
	case backend.ActionSwap:
		switch {
		case r.From == r.To:
			return tr(textChecked, "Name", name(r.To))
		case r.From == "":
			return tr(textSwappedTo, "To", name(r.To))
		}
		return tr(textSwapped, "From", name(r.From), "To", name(r.To))
	case backend.ActionRefresh:
		return tr(textRefreshed, "Name", name(a.Key))
	case backend.ActionUsage:
		if a.All {
			return textUsageOf(r.Each)
		}
		return tr(textUsageKnown, "Name", name(a.Key))
	case backend.ActionImport:
		if r.Added {
			return tr(textAdded, "Name", name(r.Key))
		}
		return tr(textIsSaved, "Name", name(r.Key))
	case backend.ActionRemove:
		return tr(textRemoved, "Name", name(a.Key))
	}
	return ""
}

// textUsageOf sums up what asking for everyone's usage came to.
func textUsageOf(each []backend.AccountResult) string {
	failed := 0
	for _, one := range each {
		if !one.OK {
			failed++
		}
	}
	if failed > 0 {
		return trn(textUsageFailed, failed)
	}
	return trn(textUsageChecked, len(each))
}

// sentence begins a line of the backend's with a capital, which it spares.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
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
