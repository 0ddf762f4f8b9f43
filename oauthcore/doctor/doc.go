// Package doctor examines the files, locks and logins around the accounts, and
// repairs what can be repaired.
//
// It repairs logins only by what every operation starts with (open) and by
// refreshing an account; it never deletes, moves or edits a file that may hold a
// login. By itself it narrows the modes of Baton's files, removes a lock
// registry that cannot be read, breaks a lock its owner abandoned, and has the
// commands of setup put back.
//
// It knows nothing of the keyring, of settings.json's contents or of any face:
// those are given to it.
package doctor
