// Package paper is a receipt printer made of an image: it is sent ESC/POS bytes,
// answers status requests and yields each slip as a picture, so that what a
// printer would print can be looked at, scanned and tested without one. It
// follows Epson's ESC/POS command reference with Chinese characters in GBK. It
// is not for devices, which print on paper, and not for laying out slips.
package paper
