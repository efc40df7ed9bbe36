package duty

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// What holds where nothing is set. A clerk's every refund takes a supervisor;
// from 1,000 yuan on, a number of ours and no network's, it takes two people.
const (
	refundLimit = money.Fen(0)
	secondLimit = money.Fen(100_000)
	limitMax    = money.Fen(100_000_000) // a million yuan: no lane takes as much
)

// settings is what has been set here, a fold of one object of the journal.
type settings struct {
	key, after entry.Seq
	values     map[string]string
}

// fold takes the entries of the object.
func (s *settings) fold(entries ...entry.Entry) {
	for _, e := range entries {
		if e.Kind != entry.SettingSet || s.key != 0 && e.Key != s.key {
			continue
		}
		b := entry.Must[entry.SettingSetBody](e)
		s.key, s.after = e.Key, e.Seq
		s.values[b.Name] = b.Now
	}
}

// Settings are all that may be set here, as pages list them.
func (d *Desk) Settings() []words.Setting {
	all := []words.Setting{words.SettingRefundLimit, words.SettingSecondLimit, words.SettingDayStarts, words.SettingLanguage, words.SettingVoice, words.SettingHandover}
	for _, lane := range d.Lanes.Names() {
		if len(d.Lanes.Roles(lane)) > 1 {
			all = append(all, words.SettingRole(lane))
		}
	}
	return all
}

// parse reads a setting's value and writes it in its one form.
func (d *Desk) parse(name words.Setting, value string) (string, error) {
	bad := halt(words.HaltSetting, name)
	if lane, ok := name.RoleOf(); ok {
		if roles := d.Lanes.Roles(lane); len(roles) > 1 && slices.Contains(roles, flow.Role(value)) {
			return value, nil
		}
		return "", bad
	}
	switch name {
	case words.SettingRefundLimit, words.SettingSecondLimit:
		if sum, err := money.Parse(value); err == nil && sum <= limitMax {
			return sum.String(), nil
		}
	case words.SettingDayStarts:
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= 23 {
			return strconv.Itoa(n), nil
		}
	case words.SettingLanguage:
		if value == "zh" || value == "en" {
			return value, nil
		}
	case words.SettingVoice:
		if value == "on" || value == "off" {
			return value, nil
		}
	case words.SettingHandover:
		items := strings.FieldsFunc(value, func(r rune) bool { return r == ',' })
		if !slices.ContainsFunc(items, func(i string) bool { return !slices.Contains(words.HandoverItems(), words.HandoverItem(i)) }) {
			return strings.Join(items, ","), nil
		}
	}
	return "", bad
}

// Setting is a setting's value as it holds: what was set, or what holds otherwise.
func (d *Desk) Setting(name words.Setting) string {
	d.mu.Lock()
	value, set := d.settings.values[string(name)]
	d.mu.Unlock()
	if set {
		if value, err := d.parse(name, value); err == nil { // a later program may know more values
			return value
		}
	}
	if lane, ok := name.RoleOf(); ok {
		if roles := d.Lanes.Roles(lane); len(roles) > 0 {
			return string(roles[0])
		}
		return ""
	}
	switch name {
	case words.SettingRefundLimit:
		return refundLimit.String()
	case words.SettingSecondLimit:
		return secondLimit.String()
	case words.SettingDayStarts:
		return "0"
	case words.SettingLanguage:
		return "zh"
	case words.SettingVoice:
		return "on"
	}
	var items []string
	for _, item := range words.HandoverItems() {
		items = append(items, string(item))
	}
	return strings.Join(items, ",")
}

// RefundLimit is up to which sum a clerk needs nobody else; fen.
func (d *Desk) RefundLimit() money.Fen { return d.fen(words.SettingRefundLimit) }

// SecondLimit is up to which sum one supervisor is enough; fen.
func (d *Desk) SecondLimit() money.Fen { return d.fen(words.SettingSecondLimit) }

func (d *Desk) fen(name words.Setting) money.Fen {
	sum, err := money.Parse(d.Setting(name))
	if err != nil {
		panic(fmt.Sprintf("duty: the setting %s is %q, and it was parsed before", name, d.Setting(name)))
	}
	return sum
}

// Calendar is how reports cut time into days.
func (d *Desk) Calendar() report.Calendar {
	starts, err := strconv.Atoi(d.Setting(words.SettingDayStarts))
	if err != nil {
		panic(fmt.Sprintf("duty: the day starts at %q, and it was parsed before", d.Setting(words.SettingDayStarts)))
	}
	return report.Calendar{Starts: starts}
}

// Lang is the pages' language.
func (d *Desk) Lang() words.Lang {
	if d.Setting(words.SettingLanguage) == "en" {
		return words.En
	}
	return words.Zh
}

// Voice tells whether what happens is spoken.
func (d *Desk) Voice() bool { return d.Setting(words.SettingVoice) == "on" }

// HandoverItems are the parts of a hand-over slip where nobody chooses others.
func (d *Desk) HandoverItems() (items []words.HandoverItem) {
	items = []words.HandoverItem{}
	for item := range strings.FieldsFuncSeq(d.Setting(words.SettingHandover), func(r rune) bool { return r == ',' }) {
		items = append(items, words.HandoverItem(item))
	}
	return items
}

// Set sets something. A limit that is raised lets more money go with fewer
// people, so that while the clock proves nothing a manager has to do it.
func (d *Desk) Set(ctx context.Context, by string, name words.Setting, value string) error {
	if err := d.May(by, staff.Settings, ""); err != nil {
		return err
	}
	value, err := d.parse(name, value)
	if err != nil {
		return err
	}
	d.setting.Lock()
	defer d.setting.Unlock()
	was := d.Setting(name)
	if was == value {
		return nil
	}
	if err := d.maySet(by, name, value); err != nil {
		return err
	}
	if err := d.keep(ctx, entry.SettingSetBody{Name: string(name), Was: was, Now: value, By: by}, nil); err != nil {
		return err
	}
	if lane, ok := name.RoleOf(); ok {
		d.become(lane)
	}
	return nil
}

// become has a lane work in the role that is set for it. One that has too much to
// do hears of it at the next clock-on.
func (d *Desk) become(lane string) {
	role := flow.Role(d.Setting(words.SettingRole(lane)))
	if !d.Lanes.Offer(lane, flow.Become{Role: role}) {
		d.Log.Warn("a lane has too much to do to hear of its role; it is told at the next clock-on", "lane", lane, "role", role)
	}
}

// becomeAll has every lane with a choice work in the role that is set for it.
func (d *Desk) becomeAll() {
	for _, lane := range d.Lanes.Names() {
		if len(d.Lanes.Roles(lane)) > 1 {
			d.become(lane)
		}
	}
}

func (d *Desk) maySet(by string, name words.Setting, value string) error {
	first, second := d.RefundLimit(), d.SecondLimit()
	sum, _ := money.Parse(value) // of a limit it is one; the others do not look at it
	raised := false
	switch name {
	case words.SettingRefundLimit:
		first, raised = sum, sum > first
	case words.SettingSecondLimit:
		second, raised = sum, sum > second
	}
	switch {
	case second < first:
		return halt(words.HaltLimits)
	case raised && d.Clock().Trust != entry.Trusted && !d.manages(by):
		return halt(words.HaltUntrusted)
	}
	return nil
}

// keep writes a setting, with the secret that goes with it. The caller holds
// the lock of settings.
func (d *Desk) keep(ctx context.Context, body entry.SettingSetBody, secrets map[string][]byte) error {
	d.mu.Lock()
	step := store.Step{Key: d.settings.key, After: d.settings.after, Entries: []entry.Draft{entry.New(entry.SettingSet, body)}, Secrets: secrets}
	d.mu.Unlock()
	entries, err := d.Journal.Commit(ctx, step)
	if err != nil {
		return unwritten("set "+body.Name, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settings.fold(entries...)
	d.keys.fold(secrets)
	return nil
}

// Export is records that somebody is about to take away.
type Export struct {
	By       string // a person's id, or a program's name
	Program  bool   // By is a program, whose token has the right
	What     string // "report", "journal", "handover"
	From, To time.Time
	Rows     int64
	Where    string
}

// Exported writes down that records leave; nothing of them may before. Whoever
// asks may see reports of the whole store, or only the lanes that the file is of.
func (d *Desk) Exported(ctx context.Context, e Export) error {
	if !e.Program {
		if _, err := d.Sees(e.By); err != nil {
			return err
		}
	}
	body := entry.ExportedBody{What: e.What, Rows: e.Rows, By: e.By, Where: e.Where}
	if !e.From.IsZero() {
		body.From = e.From.UnixMilli()
	}
	if !e.To.IsZero() {
		body.To = e.To.UnixMilli()
	}
	return d.note(ctx, entry.New(entry.Exported, body))
}

// note writes an entry that is an object of its own, and over with it.
func (d *Desk) note(ctx context.Context, drafts ...entry.Draft) error {
	if _, err := d.Journal.Commit(ctx, store.Step{Entries: drafts, Done: true}); err != nil {
		return unwritten("write "+drafts[0].Kind.String(), err)
	}
	return nil
}
