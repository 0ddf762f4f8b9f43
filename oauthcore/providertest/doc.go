// Package providertest is an OAuth provider for the tests and the demo: an HTTP
// server on loopback that answers like Anthropic's token, profile and usage
// endpoints and is as strict as they are. Refresh tokens work once, and one
// presented again ends its login and is recorded as a violation. Faults make
// the next answers fail, slow or get lost.
//
// It must not know how Baton keeps accounts or which client calls it: it
// imports the standard library and oauthcore/secret only, and neither
// oauthcore nor app. Every token it makes starts "sk-ant-oat01-TEST" or
// "sk-ant-ort01-TEST", so it cannot be mistaken for a real one.
package providertest
