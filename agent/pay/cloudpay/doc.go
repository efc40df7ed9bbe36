// Package cloudpay asks Tencent Cloud Pay (云支付) for money, which takes WeChat
// Pay and Alipay over one contract: for that of a scanned payment code with
// micro_pay, for that of a code that we show with scan_code_pay, and gives back
// with refund; it holds deposits, captures from them and releases them. DESIGN.md
// says what it believes and why. It is not for lists or shifts, keeps nothing on
// disk, and neither waits nor charges twice: when to ask is the machine's.
//
// Pages in comments are those of cloud.tencent.com/document/product/569.
package cloudpay
