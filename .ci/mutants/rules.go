package main

// rules lists every rule of the swap and what the code is without it.
func rules() []mutant {
	list := []mutant{
		{
			"what Claude Code rotated is saved before a swap (sync-back)", "oauthcore/adopt.go",
			"			a.store(cr)\n			a.NeedsLogin = false\n		} else if cr.Same",
			"			a.NeedsLogin = false\n		} else if cr.Same",
			"TestWhatTheClientDidMeanwhileIsKept|TestAFileThatChanges",
		},
		{
			"a new file is synced before it takes a place", "oauthcore/files/stage.go",
			"	err = errors.Join(err, f.Sync(), f.Close())", "	err = errors.Join(err, f.Close())",
			"TestEveryReplacementIsDurable",
		},
		{
			"a folder is synced after a replacement", "oauthcore/files/stage.go",
			"	return s.fsys.SyncDir(filepath.Dir(s.target))", "	return nil",
			"TestEveryReplacementIsDurable",
		},
		{
			"a swap and a refresh hold the account's lock", "oauthcore/swap.go",
			"	release, err := c.lock(ctx, c.Paths.AccountLock(key), lockWait)", "	release, err := func() {}, error(nil)",
			"TestBusyWhenAnotherBatonHoldsTheLock",
		},
		{
			"one Baton at a time has the live login", "oauthcore/guard.go",
			"	unlock, err := c.lock(ctx, c.Paths.ClientLock(), lockWait)", "	unlock, err := func() {}, error(nil)",
			"TestOneBatonAtATime",
		},
		{
			"one read-modify-write at a time", "oauthcore/store.go",
			"	release, err := c.lock(context.WithoutCancel(ctx), c.Paths.StoreLock(), wait)", "	release, err := func() {}, error(nil)",
			"TestChangesOfTwoProcessesAddUp",
		},
		{
			"Claude Code's refresh locks are taken", "oauthcore/guard.go",
			"	if g.held, err = g.take(ctx, paths...); err != nil {", "	if g.held, err = g.take(ctx); err != nil {",
			"TestALockOfClaudeCodeIsRespected|TestWritesHappenUnderTheirLocks",
		},
		{
			"Claude Code's lock around credential writes is taken", "oauthcore/replace.go",
			"	err = g.writing(ctx, g.c.storageLock(), wait, func() error {", "	err = func(fn func() error) error { return fn() }(func() error {",
			"TestALockOfClaudeCodeIsRespected|TestWritesHappenUnderTheirLocks",
		},
		{
			"Claude Code's lock around .claude.json is taken", "oauthcore/activate.go",
			"	err := o.writing(ctx, c.configLock(), writeWait, func() error {", "	err := func(fn func() error) error { return fn() }(func() error {",
			"TestALockOfClaudeCodeIsRespected|TestWritesHappenUnderTheirLocks",
		},
		{
			"the fence: the locks are still ours", "oauthcore/guard.go",
			"	if err := g.held.Fence(); err != nil {", "	if err := error(nil); err != nil {",
			"TestAfterALostLock",
		},
		{
			"the fence: the file still holds what was read", "oauthcore/replace.go",
			"	if err == nil && !same {", "	if err == nil && !same && false {",
			"TestAFileThatChangesBeforeItsReplacement",
		},
		{
			"a token is noted as spent before it is presented", "oauthcore/refresh.go",
			"		a.spend(presented.RefreshToken)\n		return nil", "		return nil",
			"TestTheOrderOfARefresh",
		},
		{
			"a token replaced by a newer one is spent", "oauthcore/account.go",
			"		a.spend(a.Credential.RefreshToken)\n		a.unspend", "		a.unspend",
			"TestALoginHuskiesRotatedIsAdopted|TestSwapRefreshes|TestALapsedNewer",
		},
		{
			"a spent token is older wherever it turns up", "oauthcore/account.go",
			"	return !t.Empty() && slices.Contains(a.Spent, t.Fingerprint())", "	return false && slices.Contains(a.Spent, t.Fingerprint())",
			"TestALoginHuskiesRotatedIsAdopted|TestRemove|TestTheOrder",
		},
		{
			"a live refresh writes Claude Code's file first", "oauthcore/refresh.go",
			"	if live != nil {\n		liveErr = live.update(ctx, presented, next)\n	}\n", "	if live != nil {\n		defer func() { _ = live.update(ctx, presented, next) }()\n	}\n",
			"TestARefreshOfTheLiveAccountWritesItsFileFirst",
		},
		{
			"an answer is saved only onto its own token", "oauthcore/refresh.go",
			"		if !a.Credential.RefreshToken.Equal(presented.RefreshToken) {\n			a.spend(next.RefreshToken)", "		if false {\n			a.spend(next.RefreshToken)",
			"TestAnAnswerIsSavedOnlyOntoItsOwnToken",
		},
		{
			"a new login goes into the inbox first", "oauthcore/inbox.go",
			"	return c.writeInbox(in)\n}", "	return nil\n}",
			"TestANewLoginIsOnDiskFirst|TestALoginNobody",
		},
		{
			"nothing is replaced while the owner is not proved", "oauthcore/open.go",
			"func (o *opened) unproved() bool { return o.live.Usable() && o.owner == nil }", "func (o *opened) unproved() bool { return false }",
			"TestAnUnprovedLoginIsLeftAlone",
		},
		{
			"what .claude.json says is no proof", "oauthcore/prove.go",
			"	if inside.Complete() {\n		if named", "	inside = identityIn(cfg.account)\n	if inside.Complete() {\n		if named",
			"TestAnUnprovedLoginIsLeftAlone|TestAnUnknownLogin",
		},
		{
			"tombstones are no login", "oauthcore/credential.go",
			"func (c Credential) Usable() bool { return !c.AccessToken.Empty() || !c.RefreshToken.Empty() }", "func (c Credential) Usable() bool { return c.raw != nil }",
			"TestTombstones",
		},
		{
			"a damaged pool stops a swap", "oauthcore/store.go",
			"			if err != nil {\n				return nil, damaged(c.Paths.Pool(), err)\n			}\n			return pool, nil", "			if err != nil {\n				pool, _ = ParsePool(nil)\n			}\n			return pool, nil",
			"TestDamagedFiles",
		},
		{
			"an answer is saved though the pool is torn", "oauthcore/refresh.go",
			"	err = c.save(ctx, func(s *store) error {", "	err = c.update(ctx, func(s *store) error {",
			"TestAnAnswerIsSavedBesideADamagedFile",
		},
		{
			"Keychain: a lock lost while it was looked at is noticed", "oauthcore/replace.go",
			"		err = fence() // looking took a while", "		err = nil",
			"TestAfterALostLockTheItemIsNotReplaced",
		},
		{
			"Keychain: only what it holds tells that it was written", "oauthcore/liveitem.go",
			"	case sameDoc(now, s.doc):", "	case sameDoc(now, s.doc) || err == nil:",
			"TestWhatSecuritySaysIsNotBelieved",
		},
		{
			"Keychain: a refresh whose answer would not fit is not sent", "oauthcore/refresh.go",
			"			err = o.live.at.fits(len(o.live.doc) + answerGrowth)", "			err = error(nil)",
			"TestALoginTooLongForTheKeychain",
		},
		{
			"Keychain: an answer is on disk before it is given", "oauthcore/refresh.go",
			"		kept = c.keepAnswer(key, presented, next)", "		kept = func() {}",
			"TestAnAnswerIsOnDiskBeforeTheKeychainHasIt",
		},
		{
			"Keychain: the deadline tells the new login from the old", "oauthcore/inboxfile.go",
			"	case differ && !at.IsZero() && at.Equal(ends):\n		in.landed = true", "	case differ && !at.IsZero() && at.Equal(ends):\n		in.landed = false",
			"TestALoginKilledAtTheKeychain",
		},
		{
			"Keychain: where nothing tells, both logins are kept", "oauthcore/inbox.go",
			"	if in.undecided {", "	if false {",
			"TestALoginKilledAtTheKeychain",
		},
		{
			"Windows: a file that is open elsewhere is waited for", "oauthcore/core.go",
			"	if env.GOOS == \"windows\" {", "	if false {",
			"TestOnWindows",
		},
		{
			"Windows: a replacement that was given up is not taken for done", "oauthcore/replace.go",
			"		p.takeBack(ctx)\n", "",
			"TestALoginThatCouldNotBePutInPlace",
		},
		{
			"an automatic swap takes over no lock", "oauthcore/swap.go",
			"	if r.Automatic {", "	if false {",
			"TestAnAutomaticSwapTakesOverNoLock",
		},
		{
			"the pool: what is new in it is not written over", "oauthcore/store.go",
			"|| s.unread(a, now) {", "{",
			"TestWhatIsNewInThePoolOutlivesOtherWrites",
		},
	}
	return append(list, copyRules()...)
}
