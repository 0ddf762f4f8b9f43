package main

import (
	"os"
	"runtime"
	"testing"
)

// A process that waits and is woken is counted; one that does not exist is an
// error and not a zero.
func TestWakeUps(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("not run: only Linux tells how often threads are woken")
	}
	before, err := wakeUps(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	ping, pong := make(chan int), make(chan int)
	done := make(chan struct{})
	go func() { // on a thread of its own, so that each turn wakes one
		runtime.LockOSThread()
		defer close(done)
		for n := range ping {
			pong <- n
		}
	}()
	const turns = 2000
	for n := range turns {
		ping <- n
		<-pong
	}
	after, err := wakeUps(os.Getpid())
	close(ping)
	<-done
	if err != nil || after-before < turns/10 {
		t.Errorf("woken %d times in %d turns (%v)", after-before, turns, err)
	}
	if n, err := wakeUps(1 << 30); err == nil {
		t.Errorf("a process that is not there was woken %d times", n)
	}
}
