// Command dossier checks the documents of WeChat Official Account registrations and builds
// submissions from them.
//
// What lives here: flags, the words on the screen, exit codes, and the one place where the list
// of all checks meets the pipeline. What must not: work. One file a command.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	limitMemory(os.Getenv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Getenv)
	stop()
	os.Exit(code)
}
