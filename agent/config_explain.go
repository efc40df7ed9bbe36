package main

import (
	"fmt"
	"io"
)

// explain writes what the config comes to: for each lane who takes which wallet,
// in which way, and where that merchant stands in the file; of deposits too, and of
// a lane that sells nothing of deposits alone.
func (c *config) explain(w io.Writer) {
	for i := range c.Lanes {
		l := &c.Lanes[i]
		fmt.Fprintf(w, "lane %s (%s:%d), %s\n", l.Name, c.File, l.header, l.Role)
		if l.Role.Sells() {
			c.explainSales(w, l)
		}
		c.explainHolds(w, l)
	}
}

// explainSales writes who takes a lane's payments.
func (c *config) explainSales(w io.Writer, l *laneConfig) {
	for _, how := range []struct {
		way  way
		told string
	}{{byCode, "by code"}, {byQR, "by QR  "}} {
		for _, wallet := range walletNames {
			fmt.Fprintf(w, "  %s  %-8s  %s\n", how.told, wallet, c.takerOf(l, how.way, wallet))
		}
	}
}

// takerOf is the merchant that takes a wallet on a lane, with its place.
func (c *config) takerOf(l *laneConfig, how way, wallet string) string {
	for _, name := range l.Merchants {
		if m := c.merchant(name); m != nil && len(common(m.on(l, how), []string{wallet})) > 0 {
			return fmt.Sprintf("%s (%s, %s:%d)", m.Name, m.Network, c.File, m.header)
		}
	}
	return "-"
}
