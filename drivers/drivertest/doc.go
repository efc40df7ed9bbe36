// Package drivertest is what the tests of drivers are made with: a transcript
// that a device must follow to the letter, a terminal with two ends, and pins
// that remember. The fakes have state and no expectations of their own; they
// work in real time and in testing/synctest alike.
//
// It is not for the simulator, which is linked into a program: this package
// imports testing.
package drivertest
