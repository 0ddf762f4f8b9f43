package oauthcore_test

type fakeMirror struct{}

func everybody() []string { return []string{personal, work, side, lab, night} }
