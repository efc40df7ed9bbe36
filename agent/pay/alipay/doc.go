// Package alipay asks Alipay for money face to face: for that of a scanned
// payment code with alipay.trade.pay, for that of a code that we show with
// alipay.trade.precreate, and gives back what was paid; holds deposits in both
// ways, captures from them and releases them; for a merchant with an application
// of its own or for one that has authorised a service provider's. DESIGN.md says
// what it believes and why. It is not for parking by plate or bills, and it
// neither waits nor tries again: when to ask is the machine's.
//
// Pages in comments are those of opendocs.alipay.com.
package alipay
