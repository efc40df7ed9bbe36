// Package escpos prints slips on receipt printers that speak ESC/POS with
// Chinese characters in GBK. Its bytes follow Epson's ESC/POS command reference
// and differ between models only by a Profile, which is data. It is not for
// laying out slips, nor for opening ports: it is given an opener whose ports
// have a deadline in Write and block in Read until bytes come.
package escpos
