//go:build !demo

package main

import (
	"github.com/spf13/cobra"

	"tillgate/agent/acceptance"
)

// allowLoopback is false on a device: a merchant's base URL must be a real network's.
const allowLoopback = false

// checkedMakers are the drivers by which config check judges.
func checkedMakers() makers { return deviceMakers() }

// demoCommands is empty on a device: no sandbox, no simulated device, no broker is linked.
func demoCommands() []*cobra.Command { return nil }

// On a device the acceptance script is played with people and real money.
const (
	acceptanceConfig = configDefault
	acceptanceWhere  = "People stand at the lane and are told what to do next; what they pay goes back to them. The agent must not run\nmeanwhile: the script has its devices and writes its journal."
)

func accept(cmd *cobra.Command, f acceptanceFlags) ([]*acceptance.Sheet, error) {
	return acceptLive(cmd, f)
}
