package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// Bounds of what a program has a lane tell. Paper for lines, barcode and QR code
// is some 40 cm; one thing at a time is with each printer and speaker of a lane,
// so that a payment's own slip and voice wait for one at most.
const (
	noticeChars, titleChars, lineChars = 40, 16, 100
	phraseChars, plateChars            = 40, 12
	linesMax                           = 40
	barcodeMax, qrBytesMax             = 32, 200
	noticeFor, noticeForMax            = 30, 600 // s

	toldPerSecond, toldAtOnce = 1, 10 // of one lane
	toldWithin                = 3 * time.Second
)

// telling is something that a program wants a lane to tell.
type telling struct {
	lane string
	body entry.ToldBody
	text entry.ToldText
	do   flow.Effect // of a printer or speaker
	show flow.Notice // of a display
}

func (a *api) postDisplay(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Notice
	if err := read(w, r, &in); err != nil {
		return err
	}
	if in.ForS == 0 {
		in.ForS = noticeFor
	}
	switch {
	case in.Amount < 0 || in.ForS < 0 || in.ForS > noticeForMax:
		return misread("amount_fen is not below 0, and for_s is 600 at most")
	case in.Text == "" && in.Amount == 0:
		return misread("there is neither a text nor a sum")
	}
	if err := plainTexts(noticeChars, in.Text, in.TextEn); err != nil {
		return err
	}
	return a.tell(w, r, who, in, telling{lane: in.Lane, body: entry.ToldBody{What: words.ToldDisplay, For: in.ForS},
		text: entry.ToldText{Text: []string{in.Text, in.TextEn}, Amount: in.Amount},
		show: flow.Notice{Notice: words.Notice{Zh: in.Text, En: in.TextEn, Amount: in.Amount}, For: time.Duration(in.ForS) * time.Second}})
}

func (a *api) postPrint(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Slip
	if err := read(w, r, &in); err != nil {
		return err
	}
	switch {
	case len(in.Lines) == 0 || len(in.Lines) > linesMax:
		return misread("a slip has 1 to 40 lines")
	case len(in.Barcode) > barcodeMax || strings.Trim(in.Barcode, "0123456789") != "" || len(in.QR) > qrBytesMax:
		return misread("a barcode has 32 digits at most, a QR code 200 bytes")
	}
	if err := plainTexts(titleChars, in.Title); err != nil {
		return err
	}
	if err := plainTexts(lineChars, append(in.Lines[:len(in.Lines):len(in.Lines)], in.Barcode)...); err != nil {
		return err
	}
	if err := plainTexts(qrBytesMax, in.QR); err != nil {
		return err
	}
	slip := &words.Told{By: who.Name, Site: a.Desk.Site, Title: in.Title, Lines: in.Lines, Barcode: in.Barcode, QR: in.QR, At: time.UnixMilli(a.Desk.Clock().Wall)}
	return a.tell(w, r, who, in, telling{lane: in.Lane, body: entry.ToldBody{What: words.ToldPrinted},
		text: entry.ToldText{Text: append([]string{in.Title}, in.Lines...), Codes: []string{in.Barcode, in.QR}}, do: flow.Effect{Do: flow.Slip, Told: slip}})
}

func (a *api) postSpeak(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Phrase
	if err := read(w, r, &in); err != nil {
		return err
	}
	if in.Text == "" || in.Amount < 0 {
		return misread("text is missing, or amount_fen is below 0")
	}
	if err := plainTexts(phraseChars, in.Text, in.TextEn); err != nil {
		return err
	}
	if err := plainTexts(plateChars, in.Plate); err != nil {
		return err
	}
	phrase := &words.Told{By: who.Name, Zh: in.Text, En: in.TextEn, Plate: in.Plate, Amount: in.Amount}
	return a.tell(w, r, who, in, telling{lane: in.Lane, body: entry.ToldBody{What: words.ToldSpoken},
		text: entry.ToldText{Text: []string{in.Text, in.TextEn}, Amount: in.Amount, Codes: []string{in.Plate}}, do: flow.Effect{Do: flow.Voice, Told: phrase}})
}

// plainTexts refuses what no screen, printer or voice is for.
func plainTexts(charsMax int, texts ...string) error {
	for _, text := range texts {
		switch {
		case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
			return misread("a text has what cannot be seen in it")
		case utf8.RuneCountInString(text) > charsMax:
			return misread(fmt.Sprintf("a text has more than %d characters", charsMax))
		case private(text):
			return neverKept
		}
	}
	return nil
}

// tell makes durable what a lane is to tell, has it told, and answers what has
// become of it. A repeat tells nothing again.
func (a *api) tell(w http.ResponseWriter, r *http.Request, who *caller, in any, t telling) error {
	req, err := requested(r, who, in)
	if err != nil {
		return err
	}
	lane, err := a.lane(who, t.lane)
	if err != nil {
		return err
	}
	before, release, err := a.claim(r.Context(), req)
	switch {
	case err != nil:
		return err
	case before != 0:
		return a.told(w, r, before, t)
	}
	defer release()
	done, err := a.mayTell(lane, t)
	if err != nil {
		return err
	}
	key, last, err := a.writeTold(context.WithoutCancel(r.Context()), who, req, t)
	if err != nil {
		done()
		return err
	}
	release()
	timer := time.NewTimer(toldWithin)
	defer timer.Stop()
	select {
	case <-a.carryOut(r.Context(), lane, t, done, key, last):
	case <-timer.C:
	case <-r.Context().Done():
	}
	return a.told(w, r, key, t)
}

// mayTell tells whether a lane can tell something now, and takes its place there;
// done gives that back.
func (a *api) mayTell(lane Lane, t telling) (done func(), err error) {
	done = func() {}
	v, _ := lane.View()
	if t.do.Do != "" && a.output(t) == nil {
		return done, &problem{reason: noDevice}
	}
	if t.do.Do == flow.Voice && !quiet(v.Order.Phase) {
		return done, &problem{reason: underWay}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	place := t.body.What + " " + t.lane
	if a.telling[place] {
		return done, &problem{reason: laneBusy, detail: "it is telling something else"}
	}
	if !a.tells[t.lane].Take(time.Now(), toldPerSecond, toldAtOnce) {
		return done, &problem{reason: tooMany}
	}
	if t.do.Do == "" {
		return done, nil
	}
	a.telling[place] = true
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.telling, place)
	}, nil
}

// quiet tells whether a program may speak: while somebody waits for a result, the
// next thing said is that.
func quiet(p words.Phase) bool {
	return slices.Contains([]words.Phase{words.Idle, words.Ready, words.PaidOrder, words.CancelledOrder}, p)
}

func (a *api) output(t telling) *flow.Output {
	if a.Outputs == nil {
		return nil
	}
	return a.Outputs(t.lane, t.do.Do)
}

// writeTold makes durable what is about to be told.
func (a *api) writeTold(ctx context.Context, who *caller, req *entry.RequestedBody, t telling) (key, last entry.Seq, err error) {
	t.body.Lane, t.body.By = t.lane, who.Name
	draft := entry.New(entry.Told, t.body)
	if draft.Private, err = entry.Seal(rand.Reader, t.text); err != nil {
		return 0, 0, err
	}
	entries, err := a.Store.Commit(ctx, store.Step{Entries: []entry.Draft{draft, entry.New(entry.Requested, *req)}, Done: true})
	if err != nil {
		return 0, 0, err
	}
	return entries[0].Key, entries[len(entries)-1].Seq, nil
}

// carryOut has it told; over is closed once what has become of it is written down,
// which it is also when nobody waits any more.
func (a *api) carryOut(ctx context.Context, lane Lane, t telling, done func(), key, last entry.Seq) (over chan struct{}) {
	over = make(chan struct{})
	became := func(ctx context.Context, o entry.Output) {
		step := store.Step{Key: key, After: last, Entries: []entry.Draft{entry.New(entry.Outputs, entry.OutputsBody{Of: []entry.Output{o}})}, Done: true}
		if _, err := a.Store.Commit(context.WithoutCancel(ctx), step); err != nil {
			a.Log.Error("what became of a program's wish could not be written", "what", t.body.What, "lane", t.lane, "result", o.Result, "err", err)
		}
	}
	if t.do.Do == "" {
		if !lane.Offer(flow.Call{Of: t.show, Done: func(flow.Said) { close(over) }}) {
			became(ctx, entry.Output{What: t.body.What, Result: words.ToldDropped})
			close(over)
		}
		return over
	}
	bring := func(ctx context.Context, ev flow.Event) {
		put, ok := ev.(flow.Put)
		if !ok {
			return // its device is free again: nothing is owed
		}
		defer close(over)
		defer done()
		became(ctx, put.Output)
	}
	wanted := func() bool {
		v, _ := lane.View()
		return t.do.Do != flow.Voice || quiet(v.Order.Phase)
	}
	t.do.Key, t.do.Told.ID = key, fmt.Sprintf("told %d", key)
	a.output(t).Give(context.WithoutCancel(ctx), t.do, "programs on "+t.lane, bring, wanted)
	return over
}

// told answers what has become of something, as the journal has it.
func (a *api) told(w http.ResponseWriter, r *http.Request, key entry.Seq, t telling) error {
	entries, err := a.Store.Object(r.Context(), key, 0)
	if err != nil {
		return err
	}
	out := client.Told{Key: int64(key), Lane: t.lane, What: t.body.What, State: words.ToldGiven}
	if out.What == words.ToldDisplay {
		out.State = words.ToldDone
	}
	for _, e := range entries {
		if e.Kind == entry.Outputs {
			out.State = entry.Must[entry.OutputsBody](e).Of[0].Result // one for each, as carryOut writes it
		}
	}
	out.Screen = screen(func(l words.Lang) words.Screen { return words.ToldState(out.State, l) })
	return answer(w, http.StatusAccepted, out)
}
