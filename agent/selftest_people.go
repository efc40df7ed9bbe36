package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"tillgate/agent/acceptance"
	"tillgate/agent/console/qr"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/drivers"
)

// customers are people who are told at the terminal what to do next. Codes come
// from the lane's scanner, or are typed where there is none.
type customers struct {
	out   io.Writer
	typed chan string
	heard chan pay.Secret // what the scanner has read
	lane  *flow.Lane
}

func newCustomers(in io.Reader, out io.Writer) *customers {
	p := &customers{out: out, typed: make(chan string), heard: make(chan pay.Secret, 1)}
	go func() { // it ends with the program: a read of a terminal cannot be broken off
		for lines := bufio.NewScanner(in); lines.Scan(); {
			p.typed <- strings.TrimSpace(lines.Text())
		}
		close(p.typed)
	}()
	return p
}

// at is for acceptOne, which makes the lane.
func (p *customers) at(lane *flow.Lane) acceptance.People {
	p.lane = lane
	return p
}

// hear listens to what a scanner gives the lane.
func (p *customers) hear(s drivers.Source) drivers.Source { return overheard{s, p.heard} }

type overheard struct {
	drivers.Source
	heard chan pay.Secret
}

// Run passes everything on, and keeps the newest code for whoever asks.
func (o overheard) Run(ctx context.Context, emit func(drivers.Event)) error {
	return o.Source.Run(ctx, func(ev drivers.Event) {
		emit(ev)
		if ev.Kind != drivers.Scanned {
			return
		}
		select {
		case <-o.heard:
		default:
		}
		o.heard <- pay.Secret(ev.Text)
	})
}

// wait asks for something and waits for the scanner, or for a line; skipped is
// for a line that says so.
func (p *customers) wait(ctx context.Context, zh, en string) (text pay.Secret, scanned bool, err error) {
	select {
	case <-p.heard: // of before
	default:
	}
	fmt.Fprintf(p.out, "\n>>> %s\n    %s\n    (type it where there is no scanner; s skips this step)\n", zh, en)
	select {
	case text = <-p.heard:
		return text, true, nil
	case line, ok := <-p.typed:
		if !ok || line == "s" || line == "" {
			return "", false, fmt.Errorf("the people at the terminal skipped it: %w", acceptance.ErrNotHere)
		}
		return pay.Secret(line), false, nil
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}

// Show lets a customer show a payment code.
func (p *customers) Show(ctx context.Context, wallet string, payer acceptance.Payer) error {
	name := words.Network(wallet, words.En)
	zh, en := "请出示"+words.Network(wallet, words.Zh)+"付款码", "Show a payment code of "+name+" to the scanner: 0.02 yuan"
	switch payer {
	case acceptance.Password:
		zh, en = "请用需要输入密码的账户出示"+words.Network(wallet, words.Zh)+"付款码", "Show a payment code of a "+name+" account that must enter its password: 0.02 yuan"
	case acceptance.Lost:
		return fmt.Errorf("a live network loses no answer on request; pull the network's plug while somebody pays and watch the screen: %w", acceptance.ErrNotHere)
	case acceptance.Pays:
	}
	text, scanned, err := p.wait(ctx, zh, en)
	if err == nil && !scanned && !p.lane.Offer(flow.Scanned{Text: text}) {
		err = fmt.Errorf("the lane has too much to do")
	}
	return err
}

// Scan shows the code and lets a phone scan it.
func (p *customers) Scan(_ context.Context, wallet, link string) error {
	fmt.Fprintln(p.out)
	if err := qr.WriteText(p.out, link); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "\n>>> 请用%s扫码支付 0.02 元\n    Scan the code with %s and pay 0.02 yuan\n", words.Network(wallet, words.Zh), words.Network(wallet, words.En))
	return nil
}

// Slip is what the scanner reads from the slip.
func (p *customers) Slip(ctx context.Context) (string, error) {
	text, _, err := p.wait(ctx, "请扫小票上的条码", "Scan the barcode of the slip that has just come out")
	return string(text), err
}

// Sent is not known of a live network.
func (p *customers) Sent(string) (int, bool) { return 0, false }
