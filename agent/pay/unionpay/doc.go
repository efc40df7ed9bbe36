// Package unionpay asks ChinaUMS (银联商务), UnionPay's acquirer, for money: for
// that of a scanned payment code with POS通, for that of a code that we show
// with netpay's bills, and gives back what was paid. One merchant number takes
// the codes of WeChat, Alipay and UnionPay alike. DESIGN.md says what it
// believes and why. It is not for UnionPay's own gateway, deposits, split
// payments or notices, and it neither waits nor tries again: when to ask is the
// machine's.
//
// Pages in comments are those of open.chinaums.com.
package unionpay
