package main

// copyRules lists the rules of the copies in the keyring.
func copyRules() []mutant {
	return []mutant{
		{
			"copies: a login that is somewhere else is not replaced", "oauthcore/restore.go",
			"	case a != nil && a.Credential.Usable() && !(older && force), s.contested[row.Key]:", "	case false:",
			"TestWhatIsNotRestored",
		},
		{
			"copies: a used-up token does not come back", "oauthcore/restore.go",
			"	case a != nil && a.IsSpent(l.token):", "	case false:",
			"TestTheVaultsWordOnCopies",
		},
		{
			"copies: an older generation does not come back", "oauthcore/restore.go",
			"	case a != nil && l.generation < a.Generation:", "	case false:",
			"TestTheVaultsWordOnCopies",
		},
		{
			"copies: a removed account does not come back", "oauthcore/restore.go",
			"	case a != nil && a.Removed:", "	case false:",
			"TestTheVaultsWordOnCopies",
		},
		{
			"copies: the login that was live does not come back by itself", "oauthcore/restore.go",
			"	case l.live && !force:", "	case false:",
			"TestWhatIsNotRestored",
		},
		{
			"copies: nothing comes back beside an unknown login", "oauthcore/restore.go",
			"	if o.unproved() {", "	if false {",
			"TestNothingIsRestoredBesideAnUnknownLogin",
		},
		{
			"copies: what comes back is unsure", "oauthcore/restore.go",
			"	a.RestoredFromBackup = !newest", "	a.RestoredFromBackup = false",
			"TestEverythingLostComesBack",
		},
		{
			"copies: a newer one is not written over", "oauthcore/pushing.go",
			"	case err == nil && have.ahead(a):", "	case false:",
			"TestAnUnnoticedBackupOverwritesNothing",
		},
		{
			"copies: each new login counts up", "oauthcore/store.go",
			"	s.vault.recount(logins, c.Now())", "	_ = logins",
			"TestANewLoginIsAheadOfOldCopies|TestCopiesFollowTheLogins",
		},
		{
			"copies: a keyring in the background is never unlocked", "keyring/ring_bus.go",
			"	case quiet:\n", "	case false:\n",
			"TestPrompts",
		},
		{
			"copies: the wait for a prompt's end takes no other signal for it", "keyring/ring_bus.go",
			"		if s == nil || s.Path != path || s.Name != busPrompt+\".Completed\" {", "		if s == nil {",
			"TestPrompts",
		},
		{
			"copies: what was written is read back", "keyring/helper.go",
			"	switch kept, err := k.Get(r.Service, r.User); {", "	switch kept, err := r.Value, error(nil); {",
			"TestServe|TestPrompts",
		},
	}
}
