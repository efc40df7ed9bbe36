//go:build demo

package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

// startBroker starts an MQTT broker on a loopback port, TLS only.
func startBroker(config *tls.Config, log *slog.Logger) (broker *mochi.Server, url string, err error) {
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return nil, "", fmt.Errorf("start the broker: %w", err)
	}
	broker = mochi.New(&mochi.Options{Logger: log})
	if err := broker.AddHook(new(auth.AllowHook), nil); err != nil {
		return nil, "", fmt.Errorf("start the broker: %w", err)
	}
	if err := broker.AddListener(listeners.NewNet("demo", listener)); err != nil {
		return nil, "", fmt.Errorf("start the broker: %w", err)
	}
	if err := broker.Serve(); err != nil {
		return nil, "", fmt.Errorf("start the broker: %w", err)
	}
	return broker, fmt.Sprintf("tls://127.0.0.1:%d", listener.Addr().(*net.TCPAddr).Port), nil
}
