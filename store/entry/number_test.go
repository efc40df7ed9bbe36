package entry_test

import (
	"errors"
	"testing"

	"tillgate/store/entry"
)

const site = "10000001"

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		random, counter int
		want            string
	}{
		{0, 0, "100000010001000000000006"},
		{12345, 1, "100000010001123450000019"},
		{99_999, 999_999, "100000010001999999999997"},
		{100_000, 1_000_000, "100000010001000000000006"}, // both wrap round
	} {
		got := entry.Number(site, "0001", row.random, row.counter)
		if got != row.want {
			t.Errorf("number %d %d is %s, want %s", row.random, row.counter, got, row.want)
		}
		random, counter, err := entry.Counter(got)
		if err != nil || random != row.random%entry.Randoms || counter != row.counter%entry.Counters {
			t.Errorf("%s counts %d %d, %v", got, random, counter, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a device of 3 digits is accepted")
		}
	}()
	entry.Number(site, "001", 1, 1)
}

// TestWrongNumbersAreRefused: every digit changed, and every two neighbours
// changed over, as a person mistypes or a scanner misreads; Luhn's check misses
// 09 for 90 only.
func TestWrongNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for counter := range 50 {
		number := entry.Number(site, "0042", 7919*counter%entry.Randoms, 104_729*counter%entry.Counters)
		if !entry.IsNumber(number, site) || !entry.IsNumber(number, "") {
			t.Fatalf("%s is refused", number)
		}
		for i := range len(number) {
			for d := byte('0'); d <= '9'; d++ {
				wrong := []byte(number)
				wrong[i] = d
				if d != number[i] && entry.IsNumber(string(wrong), "") {
					t.Errorf("%s is accepted for %s", wrong, number)
				}
			}
			if i == 0 {
				continue
			}
			over := []byte(number)
			over[i-1], over[i] = over[i], over[i-1]
			a, b := min(over[i-1], over[i]), max(over[i-1], over[i])
			if a != b && (a != '0' || b != '9') && entry.IsNumber(string(over), "") {
				t.Errorf("%s is accepted for %s", over, number)
			}
		}
	}
	number := entry.Number(site, "0001", 1, 1)
	for _, text := range []string{"", number[1:], number + "0", number + "01", " " + number[1:], number[:23] + "x", "６" + number[3:]} {
		if entry.IsNumber(text, "") {
			t.Errorf("%q is accepted", text)
		}
		if _, _, err := entry.Counter(text); !errors.Is(err, entry.ErrNumber) {
			t.Errorf("counter of %q: %v", text, err)
		}
	}
	if entry.IsNumber(number, "20000001") {
		t.Error("a number of another site is taken for ours")
	}
}

func TestRefundNumber(t *testing.T) {
	t.Parallel()
	of := entry.Number(site, "0001", 12345, 1)
	for n := 1; n <= entry.Refunds; n++ {
		number := entry.RefundNumber(of, n)
		if got, nth, err := entry.RefundOf(number); got != of || nth != n || err != nil {
			t.Errorf("%s is refund %d of %s, %v", number, nth, got, err)
		}
		if entry.IsNumber(number, "") {
			t.Errorf("%s is taken for an attempt's", number)
		}
	}
	for _, wrong := range []string{"", of, of + "1", of + "00", of + "51", of + "99", of + "1x", of + "011", "1" + of[1:23] + "801"} {
		if got, n, err := entry.RefundOf(wrong); !errors.Is(err, entry.ErrNumber) {
			t.Errorf("%q is refund %d of %s", wrong, n, got)
		}
	}
}

func TestCheckPrefix(t *testing.T) {
	t.Parallel()
	for prefix, ok := range map[string]bool{
		"10000001": true, "24999999": true, "31000000": true, "98000000": true, "00000000": true,
		"25000000": false, "28000001": false, "30999999": false, "99000000": false,
		"1000000": false, "100000011": false, "": false, "1000000x": false, "-1000000": false,
	} {
		if err := entry.CheckPrefix(prefix); (err == nil) != ok || err != nil && !errors.Is(err, entry.ErrNumber) {
			t.Errorf("prefix %q: %v, want ok %v", prefix, err, ok)
		}
	}
}
