//go:build demo

package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

// TestBindAndUnbind goes the way of a device that is bound by a config code: the
// table that is printed is right in a config, the key is for its owner alone, and
// unbinding wipes it.
func TestBindAndUnbind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openBank(t, filepath.Join(dir, "keys"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.serve(ctx, listener, slog.New(slog.DiscardHandler)) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	url, key := "https://"+listener.Addr().String(), filepath.Join(dir, "cloudpay-key")
	root := filepath.Join(dir, "keys", "root.pem")
	bind := func(code string) (table, said string, exit int) {
		var out, problems bytes.Buffer
		exit = execute(t.Context(), []string{"bind", url + "/cpay/use_device_setting?osi=sz01shop000000000000&si=" + code, "--serial", "TILLGATE_T1_0001",
			"--key", key, "--host", url, "--ca", root}, &out, &problems)
		return out.String(), problems.String(), exit
	}
	if _, said, exit := bind("another"); exit != exitFailed || !strings.Contains(said, "二维码无效或已过期") {
		t.Errorf("a code that nobody has shown: exit %d, %s", exit, said)
	}
	table, said, exit := bind("code-of-cloudpay")
	if exit != exitOK || strings.Contains(table, "old_key") {
		t.Fatalf("bind: exit %d: %s%s", exit, said, table)
	}
	if err := os.WriteFile(key, []byte("thekeybeforethechange0123456789a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if table, said, exit = bind("code-of-cloudpay"); exit != exitOK || !strings.Contains(table, `old_key           = "file:`+key+`.old"`) {
		t.Fatalf("bind again: exit %d: %s%s", exit, said, table)
	}
	if old, err := os.ReadFile(key + ".old"); err != nil || string(old) != "thekeybeforethechange0123456789a" {
		t.Errorf("the key before: %q, %v", old, err)
	}
	secret, err := os.ReadFile(key)
	if err != nil || strings.Contains(table+said, string(secret)) {
		t.Fatalf("the key: %v, in %s", err, table)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info.Mode(), err)
	}
	config := filepath.Join(dir, "tillgate.toml")
	text := "[terminal]\nsite = \"" + bankSite + "\"\nnumber = \"0001\"\nname = \"shop\"\ndata = \"" + dir + "\"\n" +
		strings.Replace(table, `sub_terminal_type = ""`, `sub_terminal_type = "70"`, 1) + "ca = \"file:" + root + "\"\nbase_urls = [\"" + url + "\"]\n" +
		"[[lane]]\nname = \"counter\"\nrole = \"cashier\"\nmerchants = [\"cloudpay\"]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{exitOK, exitConfig} { // the second time there is no key any more
		var out bytes.Buffer
		if exit := execute(t.Context(), []string{"unbind", "--config", config, "--merchant", "cloudpay"}, &out, &out); exit != want {
			t.Errorf("unbind, time %d: exit %d: %s", i+1, exit, &out)
		}
		if _, err := os.Stat(key); err == nil {
			t.Error("the key is still there")
		}
	}
}

// TestPing: a network that wants signs of life gets one at the start and every two
// minutes, but for those in which it was heard anyway.
func TestPing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))) // no clock believes in the year 2000
		began := time.Now()
		c := clock.New(clock.Options{Wall: time.Now, Boot: func() int64 { return (time.Hour + time.Since(began)).Milliseconds() }, Synced: func() bool { return true }})
		var log bytes.Buffer
		a := &agent{cfg: &config{Merchants: []merchantConfig{{Name: "shop", Network: "cloudpay"}}}, clock: c, log: slog.New(slog.NewTextHandler(&log, nil))}
		a.health = newHealth(a.cfg, func(string, string) {})
		network := &sign{began: began}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.ping(ctx, "shop", network) }()
		time.Sleep(5 * time.Minute) // fake time
		network.answers(errors.New("no host answers"))
		time.Sleep(4 * time.Minute)
		network.answers(nil)
		a.health.answered(flow.Effect{Attempt: pay.Attempt{Merchant: "shop"}}, pay.Result{Date: c.Time()}, c.Time())
		time.Sleep(5 * time.Minute)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Duration{0, 2, 4, 6, 8, 11, 13} // not at 10: it was heard at 9
		for i := range want {
			want[i] *= time.Minute
		}
		if !slices.Equal(network.at, want) {
			t.Errorf("pinged at %v, want %v", network.at, want)
		}
		if n := strings.Count(log.String(), "does not answer"); n != 1 || strings.Count(log.String(), "answers pings again") != 1 {
			t.Errorf("the log says:\n%s", &log)
		}
	})
}

// sign is a network that counts its pings.
type sign struct {
	began time.Time
	at    []time.Duration
	mu    sync.Mutex
	err   error
}

func (s *sign) answers(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *sign) Ping(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, time.Since(s.began))
	return s.err
}
