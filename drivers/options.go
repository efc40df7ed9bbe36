package drivers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options hands out the options of a URI, each to whoever knows its type.
// Several drivers of one device may take in turn (the port its speed, the
// scanner its ending); then Done refuses what nobody took.
//
//	o := uri.Options()
//	baud := o.Int("baud", 9600, 300, 921600)
//	pulse := o.Duration("pulse", 500*time.Millisecond, 200*time.Millisecond, time.Second)
//	if err := o.Done(); err != nil { ... }
//
// A bad value is remembered, the default is answered, and Done tells the first.
type Options struct {
	uri   URI
	known []string // in the order of asking
	err   error
}

// Options begins to take the options of u.
func (u URI) Options() *Options { return &Options{uri: u} }

// Int takes a whole number between least and most, both included.
func (o *Options) Int(name string, otherwise, least, most int) int {
	value, given := o.take(name)
	if !given {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		o.refuse("%s=%s is not a whole number between %d and %d", name, value, least, most)
		return otherwise
	}
	return n
}

// Duration takes a time such as 500ms or 1.5s between least and most, both included.
func (o *Options) Duration(name string, otherwise, least, most time.Duration) time.Duration {
	value, given := o.take(name)
	if !given {
		return otherwise
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		o.refuse("%s=%s is not a time between %v and %v, such as 500ms", name, value, least, most)
		return otherwise
	}
	return d
}

// Bool takes true or false.
func (o *Options) Bool(name string, otherwise bool) bool {
	return o.Word(name, strconv.FormatBool(otherwise), "true", "false") == "true"
}

// Word takes one of the words in among.
func (o *Options) Word(name, otherwise string, among ...string) string {
	value, given := o.take(name)
	if !given {
		return otherwise
	}
	if !slices.Contains(among, value) {
		o.refuse("%s=%s is not one of %s", name, value, strings.Join(among, ", "))
		return otherwise
	}
	return value
}

// Text takes any value that the grammar allows.
func (o *Options) Text(name, otherwise string) string {
	if value, given := o.take(name); given {
		return value
	}
	return otherwise
}

// Done answers the first value that was refused, or names the first option that
// nobody took and those that exist.
func (o *Options) Done() error {
	if o.err != nil {
		return o.err
	}
	for _, given := range o.uri.options {
		if slices.Contains(o.known, given.name) {
			continue
		}
		if len(o.known) == 0 {
			return fmt.Errorf("%w: %s: %s has no options, %s is not known", ErrURI, o.uri, o.uri.Scheme(), given.name)
		}
		return fmt.Errorf("%w: %s: %s has no option %s; there are %s",
			ErrURI, o.uri, o.uri.Scheme(), given.name, strings.Join(o.known, ", "))
	}
	return nil
}

func (o *Options) take(name string) (value string, given bool) {
	if !slices.Contains(o.known, name) {
		o.known = append(o.known, name)
	}
	for _, given := range o.uri.options {
		if given.name == name {
			return given.value, true
		}
	}
	return "", false
}

func (o *Options) refuse(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf("%w: %s: %s", ErrURI, o.uri, fmt.Sprintf(format, args...))
	}
}
