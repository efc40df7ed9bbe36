package entry

import (
	"errors"
	"fmt"
	"strings"
)

// A number names one attempt at every network, on the slip and in the cloud:
// 8 digits of prefix (site), 4 of device, 5 random ones drawn at every start, 6
// of a counter and one check digit (Luhn, ISO/IEC 7812-1). Operations on an
// order append two digits: refund 01-50, capture 51-80, release 81-99, of which 99
// is for all of an order that is undone (pay.UndoNumber).
const (
	NumberDigits = 24
	prefixDigits = 8
	deviceDigits = 4
	Randoms      = 100_000   // a start's random is below this
	Counters     = 1_000_000 // a start's counter is below this
	Refunds      = 50        // of one payment, at most
)

// ErrNumber is wrapped when a text is not a number of ours.
var ErrNumber = errors.New("not a number of ours")

// CheckPrefix refuses prefixes that do not have 8 digits or that begin like a
// payment code (WeChat 10-15, Alipay 25-30, UnionPay 62 have other lengths; 24
// digits beginning with 25 to 30 are an Alipay code, 99 a bank's).
func CheckPrefix(prefix string) error {
	if len(prefix) != prefixDigits || !allDigits(prefix) {
		return fmt.Errorf("%w: a site has 8 digits, not %q", ErrNumber, prefix)
	}
	if head := prefix[:2]; head >= "25" && head <= "30" || head == "99" {
		return fmt.Errorf("%w: site %s begins with %s, like a payment code; choose one that begins otherwise", ErrNumber, prefix, head)
	}
	return nil
}

// Number composes an attempt's number.
func Number(prefix, device string, random, counter int) string {
	if len(prefix) != prefixDigits || len(device) != deviceDigits {
		panic(fmt.Sprintf("entry: prefix %q or device %q has the wrong length", prefix, device))
	}
	digits := fmt.Sprintf("%s%s%05d%06d", prefix, device, random%Randoms, counter%Counters)
	return digits + string(luhn(digits))
}

// IsNumber tells whether a scanned text is an attempt's number of this site.
func IsNumber(text, prefix string) bool {
	return len(text) == NumberDigits && allDigits(text) && strings.HasPrefix(text, prefix) &&
		luhn(text[:NumberDigits-1]) == text[NumberDigits-1]
}

// Counter takes the random and the counter out of a number, for the next one to follow on.
func Counter(number string) (random, counter int, err error) {
	if len(number) != NumberDigits || !allDigits(number) {
		return 0, 0, fmt.Errorf("%w: it has %d characters", ErrNumber, len(number))
	}
	_, err = fmt.Sscanf(number[prefixDigits+deviceDigits:NumberDigits-1], "%05d%06d", &random, &counter)
	return random, counter, err
}

// RefundNumber is the number of a payment's n-th refund, from 1 to Refunds.
func RefundNumber(of string, n int) string { return fmt.Sprintf("%s%02d", of, n) }

// RefundOf takes a refund's number apart: the payment's, and which of its refunds it is.
func RefundOf(number string) (of string, n int, err error) {
	if len(number) != NumberDigits+2 || !IsNumber(number[:NumberDigits], "") || !allDigits(number) {
		return "", 0, fmt.Errorf("%w: %q is no refund's", ErrNumber, number)
	}
	of, n = number[:NumberDigits], int(number[NumberDigits]-'0')*10+int(number[NumberDigits+1]-'0')
	if n < 1 || n > Refunds {
		return "", 0, fmt.Errorf("%w: %q is no refund's", ErrNumber, number)
	}
	return of, n, nil
}

func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
