// Package demo is the built-in provider and the throw-away home: a loopback
// server that answers like Anthropic's OAuth endpoints and is as strict as
// they are, and a folder full of synthetic logins to go with it. `baton demo`,
// the tests and the screenshots all run against it over real HTTP.
//
// It must not know how Baton keeps accounts, who calls it or with which
// client: it uses the standard library and the type tokens travel in, nothing
// else of Baton. Every token it makes starts "sk-ant-oat01-TEST" or
// "sk-ant-ort01-TEST", so a real one can never be mistaken for one of its own.
package demo
