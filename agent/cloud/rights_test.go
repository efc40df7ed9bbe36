package cloud_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// post is where an uplink leaves the documents that it is given.
type post struct {
	mu  sync.Mutex
	all []cloud.Rights
}

func (p *post) leave(r cloud.Rights) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, r)
}

// last is the newest document, and how many have come.
func (p *post) last() (string, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) == 0 {
		return "", 0
	}
	newest := p.all[len(p.all)-1]
	return string(newest.Document) + " " + string(newest.Signature), len(p.all)
}

// TestRightsAreRetained: what the broker keeps is there after every connection,
// also one that began before anybody had published anything; what is another
// device's, empty or no message of ours is passed over.
func TestRightsAreRetained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		net, authority, got, log := &pipes{}, newAuthority(t), &post{}, &lines{}
		uplink, err := cloud.New(cloud.Options{Broker: "tls://127.0.0.1", Site: address.Site, Device: address.Device, Version: "test", Username: user,
			Password: password, TLS: authority.client(), Journal: newDiary(500), Log: log.logger(), Dial: net.dial, Rights: got.leave})
		must(t, err)
		server, stop := startMochi(t, net.listen(), authority)
		defer stop()
		publish := func(device, text string) {
			t.Helper()
			payload := []byte(text)
			if text != "" && text[0] != '?' {
				payload = entry.Encode(cloud.Rights{Document: []byte(text), Signature: []byte("signed")})
			}
			must(t, server.Publish(cloud.Address{Site: address.Site, Device: device}.Topic(cloud.DownRights), payload, true, 1))
			wait(time.Second)
		}
		publish("0008", "another's")
		leave := background(t, uplink.Run)
		wait(time.Minute)
		if newest, n := got.last(); n != 0 {
			t.Fatalf("before anything was published: %q", newest)
		}
		for i, text := range []string{"one", "two"} {
			publish(address.Device, text)
			if newest, n := got.last(); newest != text+" signed" || n != i+1 {
				t.Errorf("after %q there are %d, the newest %q", text, n, newest)
			}
		}
		publish("0008", "another's again")
		net.cut()
		wait(5 * time.Minute)
		if newest, n := got.last(); newest != "two signed" || n != 3 {
			t.Errorf("after a new connection there are %d, the newest %q", n, newest)
		}
		publish(address.Device, "?")
		publish(address.Device, "")
		if _, n := got.last(); n != 3 || !strings.Contains(log.String(), "cannot be read") {
			t.Errorf("what is no document was handed on, or nothing was said of it: %d", n)
		}
		leave()
	})
}

// TestRightsAreNotPushedOut: whatever else arrives, and whenever the connection
// is said to have begun, the newest document is handed on.
func TestRightsAreNotPushedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got post
		s := cloud.NewSender(newDiary(10), deaf{}, cloud.SenderOptions{Address: address, Rights: got.leave})
		for i := range 3 {
			s.Deliver(address.Topic(cloud.DownRights), entry.Encode(cloud.Rights{Document: fmt.Append(nil, i), Signature: []byte("s")}))
		}
		for range 1000 {
			s.Deliver(address.Topic(cloud.DownAck), []byte(`{}`))
		}
		s.Up() // the broker's word of the subscription comes last
		background(t, s.Run)
		synctest.Wait()
		if newest, n := got.last(); newest != "2 s" || n != 1 {
			t.Errorf("%d were handed on, the newest %q", n, newest)
		}
		s.Down(errRefused)
		synctest.Wait()
		if _, n := got.last(); n != 1 {
			t.Errorf("without anything new there are %d", n)
		}
	})
}

// deaf is a link that takes everything and brings nothing.
type deaf struct{}

func (deaf) Publish(cloud.Message) error { return nil }
