// Command pause does nothing until it is told to end: what holds a pod's namespaces while its
// containers come and go. Built for arm64 it is also a whole program for the wrong machine.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
