package cloudpay

import "strings"

// linkBytesMax is more than any link has that fits into a QR code on a screen.
const linkBytesMax = 512

// goodLink tells whether a text is a link that a phone can open.
func goodLink(text string) bool {
	return strings.Contains(text, "://") && len(text) <= linkBytesMax &&
		strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
