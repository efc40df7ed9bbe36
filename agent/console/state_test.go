package console

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

func TestState(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.board.Set(Device{Name: "scanner-1", What: "serial:/dev/ttyS1", State: Lost, Text: "no such device"})
	b.board.Note(Event{From: "counter-1", Text: "first"})
	b.board.Note(Event{From: "counter-1", Text: "second"})
	b.exit.change(func(v *flow.View) { v.Tell, v.TellAt = words.TellNoAmount, time.Now() })
	var s state
	if err := json.Unmarshal(b.ask("GET", "/state", "").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Lanes) != 2 || s.Lanes[1].Lane != "exit-1" || s.Lanes[1].Zh.What != "欢迎光临" || len(s.Lanes[1].Say) != 2 || s.Lanes[1].Say[1] != "Please enter the amount first" {
		t.Errorf("lanes = %+v", s.Lanes)
	}
	if len(s.Devices) != 1 || s.Devices[0].State != Lost || len(s.Events) != 2 || s.Events[0].Text != "second" {
		t.Errorf("devices = %+v, events = %+v", s.Devices, s.Events)
	}
}

// TestLookLeavesTheLaneAlone: the lane hands out slices that are its own.
func TestLookLeavesTheLaneAlone(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.counter.change(func(v *flow.View) {
		v.Order.Trouble = []string{"slip " + wechatCode}
		v.Behind = []words.Order{{Title: wechatCode, Trouble: []string{alipayCode}}}
	})
	if got := b.ask("GET", "/state", "").Body.String(); strings.Contains(got, wechatCode) || !strings.Contains(got, "slip ***") {
		t.Errorf("state = %s", got)
	}
	v, _ := b.counter.View()
	if v.Order.Trouble[0] != "slip "+wechatCode || v.Behind[0].Title != wechatCode || v.Behind[0].Trouble[0] != alipayCode {
		t.Errorf("the lane's view became %+v", v)
	}
}
