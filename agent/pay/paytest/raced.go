//go:build race

package paytest

// raced tells that the race detector looks on, which makes everything take many
// times as long: what is played over TLS is not played in memory as well then.
const raced = true
