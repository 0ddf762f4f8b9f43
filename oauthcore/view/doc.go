// Package view is what people are shown of accounts, as plain data without a
// token. Command line, window, tray and page speak in these types. It imports
// the standard library only and knows nothing of files, locks or the provider.
package view
