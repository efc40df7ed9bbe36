// Package gpio is the pins of a real board: lines of a GPIO character device
// (Linux 5.10 or newer) behind the interfaces of periph.io/x/conn/v3/gpio.
//
// An output is requested together with its first level, so that nothing
// clicks, and is never read back: its level is what it was told. (periph's own
// driver makes an input of an output that is read, and drops the relay.) Levels
// are logical: of an active-low line High is 0 V.
//
// It is not for PWM, for buses, or for finding lines by name; a line is
// addressed as gpiochip0:17. It debounces nothing.
package gpio
