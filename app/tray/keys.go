package tray

// key names a text of the catalogues, plural one that depends on a number.
type (
	key    string
	plural string
)

// Every text the tray says has its key here.
const (
	textOpen            key    = "open"
	textQuit            key    = "quit"
	textAdd             key    = "add"
	textAddThat         key    = "addThat"
	textDemo            key    = "demo"
	textNone            key    = "none"
	textNobody          key    = "nobody"
	textStranger        key    = "stranger"
	textTombstone       key    = "tombstone"
	textDamaged         key    = "damaged"
	textNeedsLogin      key    = "needsLogin"
	textPaused          key    = "paused"
	textLimited         key    = "limited"
	textLimitedUntil    key    = "limitedUntil"
	textReady           key    = "ready"
	textLeft            key    = "left"
	textUnsure          key    = "unsure"
	textOffline         key    = "offline"
	textNoTray          key    = "noTray"
	textNoTrayHint      key    = "noTrayHint"
	textInTray          key    = "inTray"
	textInTrayHint      key    = "inTrayHint"
	textRefused         key    = "refused"
	textLoggedOut       key    = "loggedOut"
	textTypeOn          key    = "typeOn"
	textLogIn           key    = "logIn"
	textNext            key    = "next"
	textSwapping        key    = "swapping"
	textSwappingNext    key    = "swappingNext"
	textImporting       key    = "importing"
	textIsActive        key    = "isActive"
	textStillThat       key    = "stillThat"
	textAdded           key    = "added"
	textEnds            key    = "ends"
	textEndsOf          key    = "endsOf"
	textRefusedOf       key    = "refusedOf"
	textAtLimit         key    = "atLimit"
	textFreeAgain       key    = "freeAgain"
	textNobodyFree      key    = "nobodyFree"
	textNobodyFreeUntil key    = "nobodyFreeUntil"
	textNow             key    = "now"
	textWeekdays        key    = "weekdays"
	textMonths          key    = "months"
	textOnWeekday       key    = "onWeekday"
	textOnDate          key    = "onDate"
	textMore            plural = "more"
	textInDays          plural = "inDays"
)
