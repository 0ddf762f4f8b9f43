package app

// What the build stamps in, by -ldflags "-X baton/app.version=…".
var (
	version = "0.1.0"
	commit  = ""
	date    = ""
)
