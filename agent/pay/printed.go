package pay

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// printed are keys that stand in public documents, by the SHA-256 of their text
// without armour and line breaks.
var printed = map[string]string{
	"642bcbe5444e779abb272a395c7fb3ff960c56cb9aaaa67828c56140830105ea": "APIv3 key that a coupon guide of WeChat Pay recommends as a default",
	"4ad1bc7cf3cf09f9293fc2d83eb1b5bf6bd2b4c56191ad89b336a0b2d772fbf7": "example of WeChat Pay's signature document (v2)",
	"e5c6784649dccfd6bc6a7c7bc51ac572acc43a8541b41893be4ebe3794e9e999": "application key in the README of a Go client of Alipay, PKCS#1",
	"a2cf1f4c699dd7fe45d3d5aada69d59ecfff9ae1e67a921e8e177e73a4e34c94": "the same, PKCS#8",
	"6b50889d512a05af492ef8c2faecd873bf5d3899e64e0fa93fa0c75efc9c3b8b": "appKey of ChinaUMS' sample of OPEN-BODY-SIG",
	"c269e3e74835d0c611835ccefe81acc548197be3a5c8255f80b1dd5d213319f5": "appKey that ChinaUMS' test platform gives to everybody",
	"26610d1ff5681b61d70ff89232c3a33605ca5b05aecfc4778efa67727f74cbad": "example of Cloud Pay's hardware page, in lower case",
	"0e3b605805e2d9eecc182a646bfab6568431c023c59e9687253353209a5d7868": "the same as it is printed there, in upper case",
}

// Printed tells whether a key stands in a public document, so that everybody can
// sign with it.
func Printed(key Secret) bool {
	sum := sha256.Sum256([]byte(unarmoured(string(key))))
	_, known := printed[hex.EncodeToString(sum[:])]
	return known
}

// unarmoured is a key's text without PEM's first and last line and without line
// breaks: the same key is handed around with and without them.
func unarmoured(text string) string {
	var body strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") {
			body.WriteString(line)
		}
	}
	return body.String()
}
