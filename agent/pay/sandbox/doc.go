// Package sandbox plays payment networks, strictly: it checks every signature,
// field and limit that their public pages name, keeps books of whose money it
// took, and misbehaves on request in every way that has been met in the field.
//
// This package is the bank in miniature and knows no network: orders, payment
// codes of several wallets, links that phones scan, undos and refunds; the
// behaviours of payers and networks; how an answer is delivered, or spoilt; the
// control under /sandbox/; certificates, and connections in memory. What goes
// over the wire is a package below it for each network, which is attached so:
//
//	s := sandbox.New(sandbox.Options{})
//	wechat.Attach(s, wechat.Options{Merchants: merchants})
//	http.Serve(listener, s.Handler())
//
// Attach hands the books a Network, whose Serve registers the network's paths.
// A request is counted by Arrived; a stranger's is answered by Write; all others
// by Play, with a Packer that does in the books what is asked for and words the
// answer. The books' methods lock for themselves and answer copies: a network
// keeps nothing of an order but what it gave it as Memo.
//
// An order may be a deposit: its money is held, and leaves it by captures, each
// of them an order that can be refunded, by releases, and when its time is over.
// Forward moves the network's clock, so that this can be seen.
//
// It waits by package time alone and opens no socket, so that it runs in a
// bubble of fake time. It is for demos, tests and the simulator: no device
// build links it, and it shares no code with the clients that it tests.
package sandbox
