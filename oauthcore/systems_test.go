//go:build unix

package oauthcore_test

import (
	"testing"
)

// story is a test that is told once more on other systems.
type story struct {
	name string
	tell func(*testing.T)
}

// TestOnMacOS tells the stories with Claude Code's login in the Keychain.
func TestOnMacOS(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
		t.Run(s.name, s.tell)
	}
}

// TestOnWindows tells them where every file is open elsewhere for a moment,
// folders cannot be synced and modes mean nothing.
func TestOnWindows(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
		switch s.name {
		case "durable", "Claude Code's locks", "killed in a login":
			continue // folders are not synced there, and the rest goes as elsewhere
		}
		if s.name == "killed at every step" && testing.Short() {
			continue
		}
		t.Run(s.name, s.tell)
	}
}

// stories are the tests of what a person does and meets. Those about the file
// the login is in have counterparts of their own for the Keychain.
func stories() []story {
	return []story{
		{"swap", TestSwapMovesOneLoginAndNothingElse},
		{"swap to the live account", TestSwapToTheLiveAccountChecksBothFiles},
		{"swap to a live account never named", TestSwapToTheLiveAccountNamesItEvenWhereItWasNeverNamed},
		{"what Claude Code did meanwhile", TestWhatTheClientDidMeanwhileIsKept},
		{"swap with a refresh", TestSwapRefreshesALapsedAccount},
		{"rotation", TestRotationMarksTheSpentAndTakesTheNext},
		{"all limited", TestAllLimited},
		{"refused logins", TestARefusedLoginIsSkippedUnlessNamed},
		{"paused", TestPausedAndUnknownNames},
		{"swap to a limited account", TestASwapToALimitedAccountIsDoneWithAWarning},
		{"unknown login", TestAnUnknownLoginIsAddedOnceItsOwnerIsProved},
		{"unproved login", TestAnUnprovedLoginIsLeftAlone},
		{"tombstones", TestTombstonesAndAbsentFilesMayBeReplaced},
		{"refresh of the live account", TestRefreshOfTheLiveAccountReachesClaudeCode},
		{"refresh of another account", TestRefreshOfAnotherAccountLeavesTheLiveOneAlone},
		{"trouble on the way", TestTroubleOnTheWayKeepsTheLogin},
		{"a lost answer", TestALostAnswerIsAskedForOnceMoreAndThenUnsure},
		{"a login used up", TestALoginUsedUpOnTheWayIsExplained},
		{"a refresh token kept", TestAProviderThatKeepsTheRefreshToken},
		{"no network", TestNoNetworkKeepsEverything},
		{"the order of a refresh", TestTheOrderOfARefresh},
		{"canceled", TestCanceledBeforeItIsSentChangesNothing},
		{"canceled late", TestCanceledJustBeforeItIsSent},
		{"an answer onto its own token", TestAnAnswerIsSavedOnlyOntoItsOwnToken},
		{"the live login first", TestARefreshOfTheLiveAccountWritesItsFileFirst},
		{"live meanwhile", TestAnAccountThatBecomesLiveMeanwhile},
		{"login", TestANewLoginIsAddedBesideTheLiveOne},
		{"login again", TestTheSameAccountAgainKeepsItsNameAndPlace},
		{"login of the live account", TestALoginOfTheLiveAccountReachesClaudeCode},
		{"login where nobody is logged in", TestALoginBecomesLiveWhereNobodyIsLoggedIn},
		{"two organisations", TestTwoOrganisationsUnderOneAddress},
		{"login without a profile", TestALoginIsKeptWhenTheProfileFails},
		{"a login nobody could be found for", TestALoginOfUnknownOwnerWaitsInTheJournal},
		{"a new login is on disk first", TestANewLoginIsOnDiskFirst},
		{"remove", TestRemove},
		{"the pool", TestThePoolStaysHuskies},
		{"a login huskies rotated", TestALoginHuskiesRotatedIsAdopted},
		{"no pool and no vault", TestNoPoolAndNoVault},
		{"a restored vault", TestARestoredVaultIsNoticed},
		{"Claude Code's locks", TestALockOfClaudeCodeIsRespected},
		{"writes under their locks", TestWritesHappenUnderTheirLocks},
		{"locks across a request", TestOnlyALiveRefreshHoldsTheLocksAcrossTheRequest},
		{"an answer in hand", TestAnAnswerInHandIsWrittenAllTheSame},
		{"durable", TestEveryReplacementIsDurable},
		{"one Baton at a time", TestOneBatonAtATimeHasTheLiveLogin},
		{"killed at every step", TestKilledAtEveryStep},
		{"killed in a login", TestClaudeCodeGoesOnAfterAKilledLogin},
	}
}
