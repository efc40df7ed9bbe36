package main

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"tillgate/agent/flow"
	"tillgate/store/entry"
)

// configCheck is what a config must satisfy beyond its keys and types.
type configCheck struct {
	*config
	problems      *configProblems
	allowLoopback bool
}

func (c configCheck) all() {
	c.terminal()
	c.devices()
	c.merchants()
	c.lanes()
	c.oneKindOfQR()
	c.integrators()
	c.neighbours()
	c.outside()
}

func (c configCheck) terminal() {
	t := &c.Terminal
	if t.Site != "" {
		if err := entry.CheckPrefix(t.Site); err != nil {
			c.problems.add(t.line("site"), "[terminal]: site: %v", err)
		}
	}
	if t.Number != "" && (len(t.Number) != 4 || !allDigits(t.Number)) {
		c.problems.add(t.line("number"), "[terminal]: number is %q; expected 4 digits", t.Number)
	}
	if !c.allowLoopback { // a device runs as a service, whose working directory nobody knows
		for key, path := range map[string]string{"data": t.Data, "run": t.Run} {
			if path != "" && path[0] != '/' {
				c.problems.add(t.line(key), "[terminal]: %s is %q; expected a path from the root, such as \"/var/lib/tillgate\"", key, path)
			}
		}
	}
	if t.header != 0 && t.Reserve >= t.Quota {
		c.problems.add(max(t.line("reserve"), t.line("quota")), "[terminal]: reserve (%d bytes) must be less than quota (%d bytes)", t.Reserve, t.Quota)
	}
}

func (c configCheck) devices() {
	names, addresses := c.names("device"), map[string]string{}
	for i := range c.Devices {
		d := &c.Devices[i]
		names.take(d.Name, d.line("name"))
		uri := d.URI.String()
		if d.URI.Transport == "" {
			continue // complained about
		}
		if first, taken := addresses[uri]; taken {
			c.problems.add(d.line("uri"), "[[device]] %s: uri %q is that of device %q already; a device is opened once", d.Name, uri, first)
			continue
		}
		addresses[uri] = d.Name
	}
}

// roleNames are the roles that have a machine.
var roleNames = []flow.Role{flow.Cashier, flow.DepositDesk, flow.CashierDeposit, flow.ParkingExit}

func (c configCheck) lanes() {
	if len(c.Lanes) == 0 {
		c.problems.add(0, "there is no [[lane]]; expected at least one, with name, role and merchants")
	}
	names, scanners := c.names("lane"), map[string]string{}
	for i := range c.Lanes {
		l := &c.Lanes[i]
		names.take(l.Name, l.line("name"))
		if l.Role != "" && !slices.Contains(roleNames, l.Role) {
			c.problems.add(l.line("role"), "[[lane]] %s: role %q is not known; known are %s", l.Name, l.Role, joinRoles())
		}
		if l.QR != "" && l.QR != "auto" && l.QR != "ask" && l.QR != "off" {
			c.problems.add(l.line("qr"), "[[lane]] %s: qr is %q; expected \"auto\", \"ask\" or \"off\"", l.Name, l.QR)
		}
		c.laneAmounts(l)
		if l.ByHand != "" && l.ByHand != "yes" && l.ByHand != "no" {
			c.problems.add(l.line("by_hand"), "[[lane]] %s: by_hand is %q; expected \"yes\" or \"no\"", l.Name, l.ByHand)
		}
		c.laneMerchants(l)
		c.laneDeposits(l)
		for _, job := range l.jobs() {
			c.laneDevice(l, job[0], job[1])
		}
		if first, taken := scanners[l.Scanner]; taken && l.Scanner != "" {
			c.problems.add(l.line("scanner"), "[[lane]] %s: scanner %q is lane %q's already; a code must belong to one lane", l.Name, l.Scanner, first)
		} else {
			scanners[l.Scanner] = l.Name
		}
	}
}

// laneAmounts checks what the clerk types.
func (c configCheck) laneAmounts(l *laneConfig) {
	switch l.Amounts {
	case "", "one", "two":
	case "deposit":
		if l.Role == flow.CashierDeposit || !slices.Contains(roleNames, l.Role) {
			return
		}
		c.problems.add(l.line("amounts"), "[[lane]] %s: amounts is \"deposit\", and the role is %q; a visit with an amount and a deposit needs role = \"cashier+deposit\"", l.Name, l.Role)
	default:
		c.problems.add(l.line("amounts"), "[[lane]] %s: amounts is %q; expected \"one\", \"two\" or \"deposit\"", l.Name, l.Amounts)
	}
}

// jobs are the devices that a lane names, with the key that names them.
func (l *laneConfig) jobs() [][2]string {
	return [][2]string{
		{"scanner", l.Scanner}, {"printer", l.Printer}, {"speaker", l.Speaker},
		{"gate", l.Gate}, {"loop", l.Loop}, {"drawer", l.Drawer},
	}
}

func (c configCheck) laneDevice(l *laneConfig, job, name string) {
	if name == "" || slices.ContainsFunc(c.Devices, func(d deviceConfig) bool { return d.Name == name }) {
		return
	}
	var known []string
	for i := range c.Devices {
		known = append(known, c.Devices[i].Name)
	}
	c.problems.add(l.line(job), "[[lane]] %s: %s %q is not a device of this file; %s", l.Name, job, name, nearest(name, known))
}

// outside checks what talks to the world: the broker and the page.
func (c configCheck) outside() {
	if broker := c.Cloud.Broker; broker != "" {
		if err := checkBroker(broker, c.allowLoopback); err != nil {
			c.problems.add(c.Cloud.line("broker"), "[cloud]: broker %q: %v", withoutUser(broker), err)
		}
	}
	c.console()
	if phone := c.Console.Phone; phone != "" && !folderOfHTTPS(phone) {
		c.problems.add(c.Console.line("phone"), "[console]: phone is %q; expected the https address of a folder, such as %q", phone, "https://shop.example/phone/")
	}
}

// folderOfHTTPS tells whether a text is an https address that ends with a slash
// and has nothing behind it: what a code carries is put there.
func folderOfHTTPS(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && !strings.Contains(text, "#") && strings.HasSuffix(u.Path, "/")
}

// named keeps the names of one kind of table.
type named struct {
	configCheck
	kind  string
	lines map[string]int
}

func (c configCheck) names(kind string) named { return named{c, kind, map[string]int{}} }

// take notes a name, which must be plain (it stands in addresses and logs) and new.
func (n named) take(name string, line int) {
	switch first, taken := n.lines[name]; {
	case name == "":
	case !plainName(name):
		n.problems.add(line, "[[%s]]: name is %q; expected letters, digits, dots, dashes and underscores, 64 at most", n.kind, name)
	case taken:
		n.problems.add(line, "[[%s]]: the name %q is taken since line %d; expected another", n.kind, name, first)
	default:
		n.lines[name] = line
	}
}

func joinRoles() string {
	var names []string
	for _, r := range roleNames {
		names = append(names, string(r))
	}
	return commaList(names)
}

// checkBaseURL refuses a network's address that sends a merchant's signature
// in the clear or to a stand-in.
func checkBaseURL(text string, allowLoopback bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("expected an address such as \"https://api.example.com\"")
	case reachesHere(u.Hostname()) && !allowLoopback:
		return errors.New("it is this machine: a stand-in is for the demo build")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return errors.New("expected https")
}

// checkBroker wants TLS, and the clear only on this machine and in the demo build.
func checkBroker(text string, allowLoopback bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Port() == "":
		return errors.New("expected tls://host:port")
	case u.User != nil:
		return errors.New("user and password have keys of their own")
	case u.Scheme == "tls", u.Scheme == "tcp" && allowLoopback && loopback(u.Hostname()):
		return nil
	}
	return errors.New("expected tls://host:port")
}

// withoutUser is an address without the password that it should not have had.
func withoutUser(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		return "***" + text[at:]
	}
	return text
}

// reachesHere tells whether a connection to host ends on this machine.
func reachesHere(host string) bool {
	addr, err := netip.ParseAddr(host)
	return loopback(host) || err == nil && addr.IsUnspecified()
}

// loopback tells whether only this machine can reach a listener at host:
// 0.0.0.0 and :: are listened to by everybody.
func loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func plainName(s string) bool {
	if len(s) == 0 || len(s) > 64 || s[0] == '.' {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
