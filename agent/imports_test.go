package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// arrows is who may import whom inside this module. A new arrow is a decision:
// it is made here, and seen in review. Test-only imports do not count.
var arrows = map[string][]string{
	"store/money":                {},
	"store/entry":                {"store/money"},
	"store":                      {"store/entry", "store/money"},
	"store/simdisk":              {"store"},
	"drivers":                    {},
	"drivers/serialport":         {"drivers"},
	"drivers/scanner":            {"drivers"},
	"drivers/gate":               {"drivers"},
	"drivers/gpio":               {"drivers"},
	"drivers/drivertest":         {},
	"printer":                    {"store/money"},
	"printer/escpos":             {"printer"},
	"printer/paper":              {"printer"},
	"speaker":                    {"store/money"},
	"agent/pay":                  {"store/money"},
	"agent/pay/wechat":           {"agent/pay", "store/money"},
	"agent/pay/alipay":           {"agent/pay", "store/money"},
	"agent/pay/cloudpay":         {"agent/pay", "store/money"},
	"agent/pay/unionpay":         {"agent/pay", "store/money"},
	"agent/pay/sandbox":          {"store/money"},
	"agent/pay/sandbox/wechat":   {"agent/pay", "agent/pay/sandbox", "store/money"},
	"agent/pay/sandbox/unionpay": {"agent/pay", "agent/pay/sandbox", "store/money"},
	"agent/pay/sandbox/alipay":   {"agent/pay", "agent/pay/sandbox", "store/money"},
	"agent/pay/sandbox/cloudpay": {"agent/pay", "agent/pay/sandbox", "store/money"},
	"agent/pay/paytest":          {"agent/pay", "agent/pay/sandbox", "store/money"},
	"agent/acceptance":           {"agent/flow", "agent/pay", "agent/words", "store/money"},
	"agent/clock":                {"store/entry"},
	"agent/ring":                 {"agent/pay"},
	"agent/words":                {"printer", "speaker", "store/money"},
	"agent/throttle":             {},
	"agent/report":               {"agent/words", "store/entry", "store/money"},
	"agent/staff":                {"agent/pay", "agent/words", "store/entry"},
	"agent/flow":                 {"agent/pay", "agent/words", "store", "store/entry", "store/money"},
	"agent/flow/deposit":         {"agent/flow", "agent/pay", "agent/words", "store/entry", "store/money"},
	"agent/flow/refund":          {"agent/flow", "agent/pay", "agent/words", "store", "store/entry", "store/money"},
	"agent/flow/sale":            {"agent/flow", "agent/pay", "agent/words", "store/entry", "store/money"},
	"agent/duty":                 {"agent/flow", "agent/pay", "agent/report", "agent/staff", "agent/words", "store", "store/entry", "store/money"},
	"agent/api":                  {"agent/api/client", "agent/duty", "agent/flow", "agent/flow/deposit", "agent/flow/refund", "agent/flow/sale", "agent/pay", "agent/report", "agent/staff", "agent/throttle", "agent/words", "store", "store/entry", "store/money"},
	"agent/api/client":           {"store/money"},
	"agent/cloud":                {"store/entry"},
	"agent/cloud/collect":        {"agent/cloud", "store/entry"},
	"agent/tillgate-collect":     {"agent/cloud", "agent/cloud/collect"},
	"agent/meter":                {"agent/flow", "agent/pay", "drivers", "store", "store/entry"},
	"agent/console":              {"agent/console/qr", "agent/duty", "agent/flow", "agent/pay", "agent/report", "agent/staff", "agent/throttle", "agent/words", "store", "store/entry", "store/money"},
	"agent/console/qr":           {},
	"agent/console/axetest":      {},
	"agent/sim":                  {"*"},
	"agent":                      {"*"},
}

func TestImportsGoDownOnly(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-tags", "demo", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "tillgate/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(words[0], "tillgate/")
		allowed, known := arrows[pkg]
		if !known {
			t.Errorf("package %s is not in the table", pkg)
			continue
		}
		for _, imp := range words[1:] {
			to, ours := strings.CutPrefix(imp, "tillgate/")
			switch {
			case imp == "testing" && !strings.HasSuffix(pkg, "test") && pkg != "agent" && pkg != "agent/sim":
				t.Errorf("%s imports testing: that is for tests", pkg)
			case imp == "database/sql" || strings.Contains(imp, "go-sqlite3"):
				if pkg != "store" && pkg != "store/simdisk" && pkg != "agent/cloud/collect" {
					t.Errorf("%s speaks SQL: only the store and the collector do", pkg)
				}
			case ours && to == "agent":
				t.Errorf("%s imports the program itself", pkg)
			case ours && !slices.Contains(allowed, to) && !slices.Contains(allowed, "*"):
				t.Errorf("%s imports %s: not in the table", pkg, to)
			}
		}
	}
}

// TestTheDeviceBuildLinksNoStandIn keeps the sandbox, the broker, the collector
// and the simulator out of what is put on a device.
func TestTheDeviceBuildLinksNoStandIn(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "tillgate/agent").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"tillgate/agent/pay/sandbox", "tillgate/agent/pay/paytest", "tillgate/agent/cloud/collect", "tillgate/agent/sim", "tillgate/store/simdisk", "tillgate/printer/paper", "github.com/mochi-mqtt/server/v2", "github.com/creack/pty", "testing"} {
		if slices.Contains(strings.Fields(string(out)), bad) {
			t.Errorf("the device build links %s", bad)
		}
	}
}
