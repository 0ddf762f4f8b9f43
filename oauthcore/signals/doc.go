// Package signals understands what Claude Code tells other programs by itself:
// the object it hands a status line command, the one it hands a StopFailure
// hook, and the rows of a session's transcript. It takes what it finds and
// never fails: other versions spell things differently, and whatever cannot be
// understood says nothing. It knows no accounts, and no files but a transcript.
package signals
