// Package axetest holds a page that a test has in a browser against the rules of
// axe-core. It is not for deciding which pages there are.
package axetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// checkWithin is for a page of hundreds of rows on a machine that has much else to do.
const checkWithin = 2 * time.Minute

// fault is a rule that a page breaks, and where.
type fault struct {
	Rule, Impact, Help string
	Where              []string
}

// run is what the browser does. Rules that are only good practice count like the
// others; what axe-core itself cannot decide does not.
const run = `axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => JSON.stringify(violations.map((v) => ({
	rule: v.id, impact: v.impact, help: v.help,
	where: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + " " + n.html.slice(0, 160) + " " + [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; ")),
}))))`

// Check says of every rule that the page in a browser's tab breaks now. It is
// the caller's to wait until the page is whole.
func Check(t testing.TB, tab context.Context, page string) {
	t.Helper()
	faults, err := faultsOf(tab)
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	for _, f := range faults {
		t.Errorf("%s: %s (%s): %s\n\t%s", page, f.Rule, f.Impact, f.Help, strings.Join(f.Where, "\n\t"))
	}
}

func faultsOf(tab context.Context) (faults []fault, err error) {
	text, err := script()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(tab, checkWithin)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](text+";"+run, chromedp.EvalAwaitPromise))
	for err != nil && strings.Contains(err.Error(), "navigated") && ctx.Err() == nil { // a page that looks again by itself did so in the middle
		found, err = chromedp.Run(ctx, chromedp.Evaluate[string](text+";"+run, chromedp.EvalAwaitPromise))
	}
	if err == nil {
		err = json.Unmarshal([]byte(found), &faults)
	}
	if err != nil {
		return nil, fmt.Errorf("run axe-core: %w", err)
	}
	return faults, nil
}

// script is axe-core, which stands beside the module's file.
var script = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("axe-core is looked for in the module's folder, and this test runs outside of it")
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, ".ci/axe/node_modules/axe-core/axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("the pages are held against axe-core, which .ci/packages brings: %w", err)
	}
	return string(text), nil
})
