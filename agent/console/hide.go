package console

import "tillgate/agent/pay"

// hideCodes keeps payment codes off the page: nobody should have written one
// into a text that it shows.
func hideCodes(text string) string { return pay.Redact(text) }
