// Package wechat asks WeChat Pay for money and gives it back: that of a scanned
// payment code with micropay, orderquery and reverse of its API v2 (or codepay of
// its API v3), that of a code that we show with Native of its API v3, parts of
// either with the refunds of both, and deposits with API v2's family of them, for
// a direct merchant or for a sub-merchant of a service provider. DESIGN.md says
// what it believes and why. It is not for bills, and it neither waits nor tries
// again: when to ask is the machine's.
//
// Pages in comments are those of pay.weixin.qq.com.
package wechat
