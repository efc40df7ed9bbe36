package cloudpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"tillgate/agent/pay"
)

// pingMax is how long one host may take for a sign of life.
const pingMax = 3 * time.Second

// best is the host that is asked first: the last one that has answered.
type best struct{ at atomic.Int32 }

// works takes note that a host has answered.
func (b *best) works(at int) { b.at.Store(int32(at)) }

// fails passes on to the next host, unless another call has done so already.
func (b *best) fails(at, of int) { b.at.CompareAndSwap(int32(at), int32((at+1)%of)) }

// send carries a request to the host that works, and to the others after it: a
// request that may be repeated until one answers, any other only while nothing
// can have left. Whoever has asked in vain finds the next host asked first. Copies
// tells that a copy of what was answered has left before, and may arrive yet.
func (p *Provider) send(ctx context.Context, path string, body []byte, repeat bool) (reply pay.Reply, copies bool) {
	hosts := p.o.Hosts
	start := int(p.best.at.Load())
	for i := range hosts {
		at := (start + i) % len(hosts)
		reply = p.wire.Send(ctx, pay.Request{
			Method: http.MethodPost, URLs: []string{address(hosts[at], path)}, Body: body,
			Header: http.Header{"Content-Type": {"application/json"}},
		})
		if reply.Status == http.StatusOK {
			p.best.works(at)
			return reply, copies
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return reply, copies // the caller has gone away: that is not the host's fault
		}
		p.best.fails(at, len(hosts))
		if reply.Sent && !repeat || ctx.Err() != nil {
			return reply, copies
		}
		copies = copies || reply.Sent
	}
	return reply, copies
}

func address(host, path string) string { return strings.TrimSuffix(host, "/") + "/cpay/" + path }

// Ping asks the hosts in the config's order for a sign of life; the first that
// gives one is asked first from then on, over a connection that is open. It is
// for when nothing is sold: at the start, and every 2 minutes, which is what the
// network wants of a kept connection (page 38251). Its answer tells the network's
// time, but nobody has signed it: it is not for setting a clock.
func (p *Provider) Ping(ctx context.Context) error {
	var last error
	for at, host := range p.o.Hosts {
		if last = p.ping(ctx, host); last == nil {
			p.best.works(at)
			return nil
		}
	}
	return fmt.Errorf("merchant %s: no host of Cloud Pay answers: %w", p.name, last)
}

func (p *Provider) ping(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, pingMax)
	defer cancel()
	reply := p.wire.Send(ctx, pay.Request{Method: http.MethodPost, URLs: []string{address(host, "ping")}})
	var sign struct {
		Status *int `json:"status"`
	}
	switch {
	case reply.Err != nil:
		return reply.Err
	case reply.Status != http.StatusOK:
		return fmt.Errorf("%s answers a ping with HTTP %d", host, reply.Status)
	case json.Unmarshal(reply.Body, &sign) != nil || sign.Status == nil || *sign.Status != 0:
		return fmt.Errorf("%s does not answer a ping as Cloud Pay does", host)
	}
	return nil
}
