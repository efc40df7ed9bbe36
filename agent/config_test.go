package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tillgate/agent/flow"
	"tillgate/store/money"
)

var updateConfig = flag.Bool("update-config", false, "write the expected texts of wrong configs anew")

// TestTheSampleConfigIsRight keeps the file that we ship loadable, on a device.
func TestTheSampleConfigIsRight(t *testing.T) {
	t.Parallel()
	c, err := loadConfig("sample.toml", false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Terminal.Site != "10000001" || c.Terminal.Limit.Fen != 500_000 || c.Terminal.Reserve != 64<<20 || c.Terminal.Quota != 1<<30 {
		t.Errorf("terminal = %+v", c.Terminal)
	}
	if len(c.Devices) != 5 || c.Devices[0].URI.Transport != "serial" || c.Devices[2].URI.Model != "escpos" {
		t.Errorf("devices = %+v", c.Devices)
	}
	if len(c.Lanes) != 2 || c.Lanes[1].Role != flow.ParkingExit || c.Lanes[1].Gate != "gate-exit" || c.Lanes[0].Merchants[0] != "shop-wechat" {
		t.Errorf("lanes = %+v", c.Lanes)
	}
	if m := c.Merchants[0]; m.Key.String() != "cred:wechat-key" || m.Cert.String() != "file:/etc/tillgate/wechat/apiclient_cert.pem" || m.CA.given() {
		t.Errorf("merchant = %+v", m)
	}
	if m := c.Merchants[0]; len(m.offer(byQR)) != 1 || m.V3Key.String() != "cred:wechat-v3-key" || m.NotifyURL != "https://pay.example.com/wechat" || !m.PublicKey.given() {
		t.Errorf("merchant = %+v", m)
	}
	if c.Cloud.Broker != "tls://mqtt.example.com:8883" || c.Cloud.User != "terminal-0007" {
		t.Errorf("cloud = %+v", c.Cloud)
	}
}

// TestTheSamplesOtherNetworksAreRight: what stands there behind "#: " is a config
// too, once a lane of its own names each merchant.
func TestTheSamplesOtherNetworksAreRight(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("sample.toml")
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.ReplaceAll(string(text), "\n#: ", "\n")
	for _, name := range []string{"alipay", "ums", "cloud"} {
		whole += fmt.Sprintf("[[lane]]\nname = %q\nrole = \"cashier\"\nmerchants = [\"shop-%s\"]\n", name, name)
	}
	c, err := parseConfig("sample.toml", []byte(whole), false)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Merchants) != len(networks) {
		t.Errorf("%d merchants, of %d networks", len(c.Merchants), len(networks))
	}
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("x.toml", []byte(smallConfig), false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Terminal.Run != "/run/tillgate" || c.Terminal.Limit.Fen != 0 || c.Terminal.Reserve != 64<<20 || c.Terminal.Quota != 1<<30 {
		t.Errorf("terminal = %+v", c.Terminal)
	}
	if c.Merchants[0].Sign != "HMAC-SHA256" || c.Console.Listen != "127.0.0.1:8080" || c.Cloud.Broker != "" {
		t.Errorf("sign %q, listen %q, broker %q", c.Merchants[0].Sign, c.Console.Listen, c.Cloud.Broker)
	}
}

// TestWrongConfigs compares what is said about every file of testdata/config
// with the text beside it.
func TestWrongConfigs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/config/*.toml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			c, err := loadConfig(path, false)
			var problems *configProblems
			if !errors.As(err, &problems) || c != nil {
				t.Fatalf("got %v, %v; want problems", c, err)
			}
			got := err.Error() + "\n"
			golden := strings.TrimSuffix(path, ".toml") + ".txt"
			if *updateConfig {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("what is said has changed (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "8934") {
				t.Error("a value that may be a key is repeated")
			}
		})
	}
}

// smallConfig has nothing that can be left out.
const smallConfig = `[terminal]
site = "10000001"
number = "0007"
name = "Shop"
data = "/var/lib/tillgate"
[[merchant]]
name = "m"
network = "wechat"
mode = "direct"
app_id = "wx0123456789abcdef"
mch_id = "1900000001"
key = "cred:k"
cert = "cred:c"
cert_key = "cred:ck"
[[lane]]
name = "counter-1"
role = "cashier"
merchants = ["m"]
`

func TestStandInsAreForTheDemoBuild(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		line         string // added to the merchant or the cloud
		device, demo bool
	}{
		{`base_url = "https://api.mch.weixin.qq.com"`, true, true},
		{`base_url = "https://api2.mch.weixin.qq.com:8443/pay"`, true, true},
		{`base_url = "https://127.0.0.1:9443"`, false, true},
		{`base_url = "https://127.1.2.3"`, false, true},
		{`base_url = "https://localhost:9443"`, false, true},
		{`base_url = "https://LocalHost.:9443"`, false, true},
		{`base_url = "https://x.localhost"`, false, true},
		{`base_url = "https://[::1]:9443"`, false, true},
		{`base_url = "https://[::ffff:127.0.0.1]:9443"`, false, true},
		{`base_url = "https://0.0.0.0"`, false, true},
		{`base_url = "https://[::]"`, false, true},
		{`base_url = "http://127.0.0.1:9080"`, false, true},
		{`base_url = "http://api.mch.weixin.qq.com"`, false, false},
		{`base_url = "ftp://127.0.0.1"`, false, false},
		{`base_url = "api.mch.weixin.qq.com"`, false, false},
		{`base_url = "https://api.mch.weixin.qq.com?x=1"`, false, false},
		{"[cloud]\nbroker = \"tls://127.0.0.1:8883\"", true, true}, // a broker on the device itself is no stand-in
		{"[cloud]\nbroker = \"tcp://127.0.0.1:1883\"", false, true},
		{"[cloud]\nbroker = \"tcp://mqtt.example:1883\"", false, false},
		{"[cloud]\nbroker = \"tls://mqtt.example\"", false, false},
		{"[cloud]\nbroker = \"tls://u:p@mqtt.example:8883\"", false, false},
		{"[console]\nlisten = \"localhost:0\"", true, true},
		{"[console]\nlisten = \"[::1]:8080\"", true, true},
		{"[console]\nlisten = \":8080\"", false, false},
		{"[console]\nlisten = \"192.168.1.2:8080\"", false, false},
		{"[console]\nlisten = \"8080\"", false, false},
		{"[console]\nphone = \"https://shop.example/phone/\"", true, true},
		{"[console]\nphone = \"https://shop.example/phone\"", false, false}, // its files lie beside it
		{"[console]\nphone = \"http://shop.example/phone/\"", false, false},
		{"[console]\nphone = \"https://shop.example/phone/#x\"", false, false},
		{"[console]\nphone = \"https://u:p@shop.example/\"", false, false},
		{"[console]\nphone = \"https://shop.example/?x=/\"", false, false},
	} {
		text := smallConfig + row.line
		if strings.HasPrefix(row.line, "base_url") {
			text = strings.Replace(smallConfig, "[[lane]]", row.line+"\n[[lane]]", 1)
		}
		for allowed, want := range map[bool]bool{false: row.device, true: row.demo} {
			if _, err := parseConfig("x.toml", []byte(text), allowed); (err == nil) != want {
				t.Errorf("%s, stand-ins allowed %v: %v, want accepted %v", row.line, allowed, err, want)
			}
		}
	}
}

func TestConfigFileItself(t *testing.T) {
	t.Parallel()
	if _, err := loadConfig(filepath.Join(t.TempDir(), "none.toml"), false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long.toml")
	if err := os.WriteFile(long, []byte(strings.Repeat("# long\n", configBytesMax/7+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadConfig(long, false); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("a file of more than 1 MiB: %v", err)
	}
}

func TestAmountsAndSizesOfTheConfig(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Fen{"5000.00": 500_000, "0.01": 1, "0": -1, "-1": -1, "0.001": -1, "": -1, "1e3": -1} {
		var a amount
		if err := a.UnmarshalText([]byte(text)); (err != nil) != (want < 0) || err == nil && a.Fen != want {
			t.Errorf("amount %q = %d, %v", text, a.Fen, err)
		}
	}
	for text, want := range map[string]byteSize{"64MiB": 64 << 20, "1GiB": 1 << 30, "5B": 5, "9KiB": 9 << 10, "64": -1, "64MB": -1, "MiB": -1, "-1MiB": -1, "+1MiB": -1, "0MiB": -1, "1.5GiB": -1, "99999999999GiB": -1, "1 GiB": -1, "1BB": -1} {
		var s byteSize
		if err := s.UnmarshalText([]byte(text)); (err != nil) != (want < 0) || err == nil && s != want {
			t.Errorf("size %q = %d, %v", text, s, err)
		}
	}
}

func TestSourcesAreNeverSecrets(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"cred:wechat-key": true, "file:/etc/key": true,
		"": false, "cred:": false, "cred:../x": false, "cred:a/b": false, "cred:.": false, "cred:..": false,
		"file:": false, "file:key": false, "file://etc/key": true, "env:KEY": false,
		"192006250b4c09247ec02edce69f6a2d": false,
	} {
		var s source
		err := s.UnmarshalText([]byte(text))
		if (err == nil) != ok {
			t.Errorf("%q: %v, want accepted %v", text, err, ok)
		}
		if err != nil && len(text) > 20 && strings.Contains(err.Error(), text) {
			t.Errorf("what may be a key is repeated: %v", err)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, row := range []struct {
		name, text string
		mode       os.FileMode
		want, why  string
	}{
		{"good", "abcdef\n", 0o600, "abcdef", ""},
		{"crlf", "abcdef\r\n", 0o400, "abcdef", ""},
		{"spaces are part of it", " a ", 0o600, " a ", ""},
		{"group", "abcdef", 0o640, "", "its mode is 0640"},
		{"others", "abcdef", 0o604, "", "its mode is 0604"},
		{"empty", "\n", 0o600, "", "it is empty"},
		{"example", "192006250b4c09247ec02edce69f6a2d\n", 0o600, "", "printed in public documents"},
		{"long", strings.Repeat("x", secretBytesMax+1), 0o600, "", "larger than 64 KiB"},
	} {
		path := filepath.Join(dir, row.name)
		if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, row.mode); err != nil {
			t.Fatal(err)
		}
		got, err := source{"file", path}.load()
		if string(got) != row.want || (err == nil) != (row.why == "") {
			t.Errorf("%s: %q, %v", row.name, string(got), err)
		}
		if err != nil && (!strings.Contains(err.Error(), row.why) || strings.Contains(err.Error(), strings.TrimSpace(row.text)) && row.text != "\n") {
			t.Errorf("%s: %v, want %q and never the secret", row.name, err, row.why)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := (source{"file", path}).load(); err == nil {
			t.Errorf("%s was loaded", path)
		}
	}
}

// TestCredentials is not parallel: it sets the environment.
func TestCredentials(t *testing.T) {
	cred := source{"cred", "wechat-key"}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	if _, err := cred.load(); err == nil || !strings.Contains(err.Error(), "CREDENTIALS_DIRECTORY is not set") {
		t.Errorf("without systemd: %v", err)
	}
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	if err := os.WriteFile(filepath.Join(dir, "wechat-key"), []byte("abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "wechat-key"), 0o440); err != nil { // as the access list's mask shows
		t.Fatal(err)
	}
	got, err := cred.load()
	if err != nil || string(got) != "abcdef" {
		t.Fatalf("%q, %v", string(got), err)
	}
	text, _ := json.Marshal(got)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", got)
	if all := fmt.Sprint(got) + fmt.Sprintf("%#v %s %+v %q", got, got, got, got) + string(text) + log.String(); strings.Contains(all, "abcdef") {
		t.Errorf("the secret shows: %s", all)
	}
}

// TestCheckSecretsNamesTheirLines is not parallel: it sets the environment.
func TestCheckSecretsNamesTheirLines(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	for name, text := range map[string]string{"k": "192006250b4c09247ec02edce69f6a2d", "ck": "key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := parseConfig("x.toml", []byte(smallConfig), false)
	if err != nil {
		t.Fatal(err)
	}
	err = c.checkSecrets()
	if err == nil || !strings.Contains(err.Error(), "x.toml:12: key: load cred:k: this key is printed") ||
		!strings.Contains(err.Error(), "x.toml:13: cert: read cred:c: open ") || strings.Contains(err.Error(), ":14:") {
		t.Errorf("got %v", err)
	}
	for name, text := range map[string]string{"k": "0123456789abcdef0123456789abcdef", "c": "certificate"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.checkSecrets(); err != nil {
		t.Errorf("all secrets are there: %v", err)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add(smallConfig)
	f.Add("a.b = 1\n[terminal.x]\n[[lane]]\nlane = {a = 1}\nmerchants = [[\"x\"]]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig("x.toml", []byte(text), true)
		if (c == nil) == (err == nil) {
			t.Errorf("%v and %v", c, err)
		}
	})
}
