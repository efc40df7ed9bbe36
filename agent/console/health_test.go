package console

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/words"
)

func TestAlarms(t *testing.T) {
	t.Parallel()
	up, down, unasked := Network{Name: "w", State: Up}, Network{Name: "x", State: Lost}, Network{Name: "y", State: Waiting}
	nets := func(n ...Network) []Network { return n }
	for name, row := range map[string]struct {
		status  Status
		devices []Device
		want    []alarm
	}{
		"nothing is known":             {want: []alarm{{green, words.AlarmNone, words.StillAll, ""}}},
		"all is up":                    {status: Status{Cloud: Cloud{State: Up}, Networks: nets(up), Clock: Clock{Now: time.Unix(1, 0), Trusted: true}}, want: []alarm{{green, words.AlarmNone, words.StillAll, ""}}},
		"cloud down":                   {status: Status{Cloud: Cloud{State: Lost}, Networks: nets(up)}, want: []alarm{{yellow, words.AlarmCloud, words.StillSold, ""}}},
		"cloud down, networks unasked": {status: Status{Cloud: Cloud{State: Lost}, Networks: nets(unasked)}, want: []alarm{{yellow, words.AlarmCloud, words.StillSold, ""}}},
		"internet down":                {status: Status{Cloud: Cloud{State: Lost}, Networks: nets(down, down)}, want: []alarm{{red, words.AlarmInternet, words.StillCash, ""}}},
		"cloud and one network down":   {status: Status{Cloud: Cloud{State: Lost}, Networks: nets(up, down)}, want: []alarm{{red, words.AlarmNetwork, words.StillOthers, "x"}, {yellow, words.AlarmCloud, words.StillSold, ""}}},
		"one network down":             {status: Status{Cloud: Cloud{State: Up}, Networks: nets(up, down)}, want: []alarm{{red, words.AlarmNetwork, words.StillOthers, "x"}}},
		"the only network down":        {status: Status{Cloud: Cloud{State: Up}, Networks: nets(down)}, want: []alarm{{red, words.AlarmNetwork, words.StillCash, "x"}}},
		"no cloud, network down":       {status: Status{Networks: nets(down)}, want: []alarm{{red, words.AlarmNetwork, words.StillCash, "x"}}},
		"the first try is under way":   {status: Status{Cloud: Cloud{State: Waiting}, Networks: nets(unasked)}, want: []alarm{{green, words.AlarmNone, words.StillAll, ""}}},
		"full":                         {status: Status{Disk: Disk{Full: true}, Cloud: Cloud{State: Lost}}, want: []alarm{{red, words.AlarmFull, words.StillFull, ""}, {yellow, words.AlarmCloud, words.StillSold, ""}}},
		"a clock in 1970":              {status: Status{Clock: Clock{Now: time.Unix(5, 0)}}, want: []alarm{{yellow, words.AlarmClock, words.StillOrder, ""}}},
		"certificates": {status: Status{Certificates: []Certificate{{Name: "a", State: Waiting, Ends: time.Unix(1_790_000_000, 0)}, {Name: "b", State: Lost}, {Name: "c", State: Waiting}}}, want: []alarm{
			{red, words.AlarmExpired, words.StillExpired, "b 0001-01-01"}, {yellow, words.AlarmExpires, words.StillExpires, "a 2026-09-21, c 0001-01-01"},
		}},
		"devices lost":                  {devices: []Device{{Name: "a", State: Lost}, {Name: "b", State: Up}, {Name: "c", State: Lost}}, want: []alarm{{yellow, words.AlarmDevice, words.StillRest, "a, c"}}},
		"the cloud among the devices":   {devices: []Device{{Name: "cloud", State: Lost}}, want: []alarm{{green, words.AlarmNone, words.StillAll, ""}}},
		"a device that was never asked": {devices: []Device{{Name: "a", State: Waiting}}, want: []alarm{{green, words.AlarmNone, words.StillAll, ""}}},
	} {
		if got := alarmsOf(row.status, row.devices); !slices.Equal(got, row.want) {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}

// TestTheTechnicianReadsOfCertificates: whose, until when, and what it means.
func TestTheTechnicianReadsOfCertificates(t *testing.T) {
	t.Parallel()
	b := newBench(func(o *Options) {
		o.Status = func() Status {
			return Status{Certificates: []Certificate{{Name: "shop", State: Waiting, Text: "it expires (in 9 days)", Ends: time.Unix(1_790_000_000, 0)}}}
		}
	})
	page := b.ask("GET", "/technician", "").Body.String()
	for _, want := range []string{"证书", "shop 2026-09-21", "it expires (in 9 days)", words.Say(words.AlarmExpires, words.En)} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}
