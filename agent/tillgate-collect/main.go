// Command tillgate-collect receives the journals of devices from an MQTT broker
// into an SQLite database, checks their chains and acknowledges them. All that
// it does is in package collect; here are flags, files and signals.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tillgate-collect:", err)
	}
	os.Exit(code)
}
