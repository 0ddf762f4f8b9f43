//go:build !windows

package files

func reasonHere(error) Reason { return Other }
