package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"tillgate/agent/flow"
	"tillgate/drivers"
	"tillgate/store/money"
)

// config is the one file that says what this terminal is. A key's tag says
// what is expected there: `need` for a key that must be given, `may` for one
// that can be left out. config_decode.go fills it, config_check.go checks it.
type config struct {
	File      string
	Terminal  terminalConfig   `key:"terminal"`
	Devices   []deviceConfig   `key:"device"`
	Merchants []merchantConfig `key:"merchant"`
	Lanes     []laneConfig     `key:"lane"`
	Cloud     cloudConfig      `key:"cloud"`
	Console   consoleConfig    `key:"console"`

	Integrators []integratorConfig `key:"integrator"`
	Neighbours  []neighbourConfig  `key:"neighbour"`
}

// terminalConfig is the device itself.
type terminalConfig struct {
	place
	Site    string   `key:"site" need:"8 digits, the beginning of every number"`
	Number  string   `key:"number" need:"4 digits, this terminal's own"`
	Name    string   `key:"name" need:"what slips call this place"`
	Data    string   `key:"data" need:"the folder of the journal"`
	Run     string   `key:"run" may:"the folder of the commands' socket"`
	Limit   amount   `key:"limit" may:"the largest amount of one order in yuan, such as \"5000.00\""`
	Reserve byteSize `key:"reserve" may:"a size such as \"64MiB\""`
	Quota   byteSize `key:"quota" may:"a size such as \"1GiB\""`
}

// deviceConfig is one thing on a wire.
type deviceConfig struct {
	place
	Name string    `key:"name" need:"a name for the device"`
	URI  deviceURI `key:"uri" need:"[model+]transport:address[?options]"`
}

// laneConfig is one counter or one gate direction.
type laneConfig struct {
	place
	Name      string    `key:"name" need:"a name for the lane"`
	Role      flow.Role `key:"role" need:"\"cashier\", \"deposit\", \"cashier+deposit\" or \"parking-exit\""`
	Merchants []string  `key:"merchants" need:"a list of merchants' names"`
	Scanner   string    `key:"scanner" may:"a device's name"`
	Printer   string    `key:"printer" may:"a device's name"`
	Speaker   string    `key:"speaker" may:"a device's name"`
	Gate      string    `key:"gate" may:"a device's name"`
	Loop      string    `key:"loop" may:"a device's name"`
	Drawer    string    `key:"drawer" may:"the name of the printer that the cash drawer is plugged into"`
	QR        string    `key:"qr" may:"\"auto\" (with every amount), \"ask\" (when the clerk asks) or \"off\""`
	Amounts   string    `key:"amounts" may:"\"one\"; \"two\": the clerk also types how much takes part in no discount; or \"deposit\": also a deposit, in the same visit"`
	ByHand    string    `key:"by_hand" may:"\"yes\" or \"no\": may the clerk book cash and bank cards"`
}

// takesByHand tells whether cash and bank cards may be booked: at a counter,
// unless the config says otherwise.
func (l *laneConfig) takesByHand() bool {
	return l.Role.Sells() && (l.ByHand == "yes" || l.ByHand == "" && l.Role != flow.ParkingExit)
}

// asksFull tells whether the clerk also types how much of an amount takes part in
// no discount: the store mode "total and undiscounted amount" of Alipay and Cloud
// Pay (opendocs.alipay.com open/02ekfp; cloud.tencent.com 569/37632).
func (l *laneConfig) asksFull() bool { return l.Amounts == "two" }

// asksDeposit tells whether the clerk types a deposit beside the amount of an
// order: the store mode "consumption and deposit" of Cloud Pay. The order is paid
// first, then the deposit is asked for; its sum stands in the order's note.
func (l *laneConfig) asksDeposit() bool { return l.Amounts == "deposit" }

// cloudConfig is where records go; without a broker they stay on the device.
type cloudConfig struct {
	place
	Broker   string `key:"broker" need:"tls://host:port"`
	User     string `key:"user" may:"the broker's user"`
	Password source `key:"password" may:"\"cred:NAME\" or \"file:/path\""`
	CA       source `key:"ca" may:"\"file:/path\" of the root certificate to trust in place of the system's"`
	// RightsKey checks who may do what, as the cloud signs it. Once it is set,
	// people and rights come from there alone.
	RightsKey rightsKey `key:"rights_key" may:"the 32 bytes, in base64, of the ed25519 public key that the cloud signs people's rights with"`
}

// consoleConfig is the local page.
type consoleConfig struct {
	place
	Listen string `key:"listen" may:"an address such as \"127.0.0.1:8080\"; one that other machines reach takes cert, cert_key and hosts"`
	// Hosts are what the terminal may be called in an address, beside the names of
	// this machine itself: a stranger's name that was made to point here is refused.
	Hosts   []string `key:"hosts" may:"a list of names and addresses that the terminal is called by, such as \"till.example.com\""`
	Cert    source   `key:"cert" may:"\"file:/path\" of the pages' certificate, its chain behind it"`
	CertKey source   `key:"cert_key" may:"\"cred:NAME\" or \"file:/path\" of its private key"`
	SignIn  string   `key:"sign_in" may:"\"yes\": nobody sees a page without signing in; \"no\": on this machine only who takes money signs in"`
	// Phone is where the files of /phone/ lie for supervisors' phones; codes for
	// them then lead there. Nothing is ever asked of it from here.
	Phone string `key:"phone" may:"the https address of the page for supervisors' phones, such as \"https://shop.example/phone/\""`
}

// What is used where the file says nothing.
const (
	runDefault     = "/run/tillgate"
	listenDefault  = "127.0.0.1:8080"
	signDefault    = "HMAC-SHA256"
	reserveDefault = byteSize(64 << 20)
	quotaDefault   = byteSize(1 << 30)

	configBytesMax = 1 << 20
)

// loadConfig reads and checks a config file. With allowLoopback networks and
// brokers may be stand-ins on this machine; a device refuses those. What is
// wrong comes back all at once, as *configProblems.
func loadConfig(path string, allowLoopback bool) (*config, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, configBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	if len(data) > configBytesMax {
		return nil, fmt.Errorf("read the config: %s is larger than 1 MiB", path)
	}
	return parseConfig(path, data, allowLoopback)
}

// parseConfig is loadConfig without the disk; name is what problems call the file.
func parseConfig(name string, data []byte, allowLoopback bool) (*config, error) {
	c := &config{File: name}
	problems := &configProblems{file: name}
	if !decodeConfig(data, c, problems) {
		return nil, problems
	}
	c.fillIn()
	configCheck{config: c, problems: problems, allowLoopback: allowLoopback}.all()
	if len(problems.list) > 0 {
		problems.sort()
		return nil, problems
	}
	return c, nil
}

func (c *config) fillIn() {
	c.Terminal.Run = cmp.Or(c.Terminal.Run, runDefault)
	c.Terminal.Reserve = cmp.Or(c.Terminal.Reserve, reserveDefault)
	c.Terminal.Quota = cmp.Or(c.Terminal.Quota, quotaDefault)
	c.Console.Listen = cmp.Or(c.Console.Listen, listenDefault)
	for i := range c.Merchants {
		if m := &c.Merchants[i]; m.Network == "wechat" {
			m.Sign = cmp.Or(m.Sign, signDefault)
		}
	}
}

// configProblems is everything that is wrong with one config file.
type configProblems struct {
	file string
	list []configProblem
}

// configProblem is one of them; line 0 is the file as a whole.
type configProblem struct {
	line int
	text string
}

func (p *configProblems) add(line int, format string, args ...any) {
	p.list = append(p.list, configProblem{line, fmt.Sprintf(format, args...)})
}

// has tells whether something is wrong in a line already.
func (p *configProblems) has(line int) bool {
	return slices.ContainsFunc(p.list, func(one configProblem) bool { return one.line == line })
}

func (p *configProblems) sort() {
	slices.SortFunc(p.list, func(a, b configProblem) int { return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.text, b.text)) })
	p.list = slices.Compact(p.list)
}

// Error is one line for each problem: file, line, what was found, what was expected.
func (p *configProblems) Error() string {
	lines := make([]string, 0, len(p.list)+1)
	if n := len(p.list); n > 1 {
		lines = append(lines, fmt.Sprintf("%s: %d things are wrong", filepath.Base(p.file), n))
	}
	for _, one := range p.list {
		where := p.file
		if one.line > 0 {
			where += ":" + strconv.Itoa(one.line)
		}
		lines = append(lines, where+": "+one.text)
	}
	return strings.Join(lines, "\n")
}

// amount is a sum that a person wrote in yuan.
type amount struct{ money.Fen }

// UnmarshalText reads it the way a typed amount is read: nothing is rounded.
func (a *amount) UnmarshalText(text []byte) (err error) {
	if a.Fen, err = money.Parse(string(text)); err != nil {
		return err
	}
	if a.Fen == 0 {
		return errors.New("an amount must be more than zero")
	}
	return nil
}

// byteSize is a number of bytes that a person wrote with a unit.
type byteSize int64

// UnmarshalText reads "64MiB"; the units are B, KiB, MiB and GiB (IEC 80000-13).
func (s *byteSize) UnmarshalText(text []byte) error {
	digits := strings.TrimRight(string(text), "BKMGi")
	shift, ok := map[string]uint{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[string(text)[len(digits):]]
	n, err := strconv.ParseUint(digits, 10, 31)
	if !ok || err != nil || n == 0 || digits[0] == '+' {
		return fmt.Errorf("%q is not a size", text)
	}
	*s = byteSize(n << shift)
	return nil
}

// number is a whole number, more than zero, that a person wrote as a text.
type number int

// UnmarshalText reads it: digits and nothing else.
func (n *number) UnmarshalText(text []byte) error {
	value, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil || value == 0 || !allDigits(string(text)) {
		return fmt.Errorf("%q is not a number", text)
	}
	*n = number(value)
	return nil
}

// deviceURI is a device's address; whether a driver knows its model is asked
// when the devices are made.
type deviceURI struct{ drivers.URI }

// UnmarshalText reads it by the drivers' grammar.
func (d *deviceURI) UnmarshalText(text []byte) (err error) {
	d.URI, err = drivers.ParseURI(string(text))
	return err
}
