package axetest

import (
	"context"
	"net/url"
	"os/exec"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFaultsAreFound: a page without faults has none, and each of the faults that
// a page of ours might have is found.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("this needs Debian's package chromium: %v", err)
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	for body, rule := range map[string]string{
		`<h1>Till</h1><p>fine</p>`:                                    "",
		`<h1>Till</h1><input>`:                                        "label",
		`<h1>Till</h1><button></button>`:                              "button-name",
		`<h1>Till</h1><p style="color:#777;background:#666">dim text`: "color-contrast",
		`<h1>Till</h1><p role="bogus">x</p>`:                          "aria-roles",
		`<h1>Till</h1><p lang="xx-yy-zz">x</p>`:                       "valid-lang",
		`<h1>Till</h1><svg role="img" width="9"></svg>`:               "svg-img-alt",
		`<h1>Till</h1><div aria-hidden="true"><a href="/">x</a>`:      "aria-hidden-focus",
	} {
		page := `<!DOCTYPE html><html lang="zh"><title>x</title><main>` + body + `</main></html>`
		if err := chromedp.Do(tab, chromedp.Navigate("data:text/html,"+url.PathEscape(page))); err != nil {
			t.Fatal(err)
		}
		faults, err := faultsOf(tab)
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range faults {
			rules = append(rules, f.Rule)
		}
		if rule == "" && len(rules) > 0 || rule != "" && !slices.Contains(rules, rule) {
			t.Errorf("%s breaks %q, want %q", body, rules, rule)
		}
	}
}
