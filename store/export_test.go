package store

import "tillgate/store/entry"

// RequestName is for tests: the name under which a request's object is found.
func RequestName(b entry.RequestedBody) string { return requestName(b.Token, b.Key) }
