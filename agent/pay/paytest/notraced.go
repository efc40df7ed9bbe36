//go:build !race

package paytest

const raced = false
