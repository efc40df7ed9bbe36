package cloud_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tillgate/agent/cloud"
)

// hidden checks that a text does not show the password.
func hidden(t *testing.T, text string) {
	t.Helper()
	if text == "" || strings.Contains(text, password) || strings.Contains(text, fmt.Sprintf("%x", password)) {
		t.Errorf("the password shows, or nothing does: %s", text)
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	b := cloud.Broker{URL: "tls://h", Username: user, Password: password}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		hidden(t, fmt.Sprintf(format, b.Password))
	}
	for _, format := range []string{"%v", "%+v", "%#v"} {
		hidden(t, fmt.Sprintf(format, b))
	}
	text, err := json.Marshal(b.Password)
	must(t, err)
	hidden(t, string(text))
	log := &lines{}
	log.logger().Info("broker", "password", b.Password, "all", b)
	hidden(t, log.String())
}

// TestBrokerURLs that are refused, without ever showing what may be a password.
func TestBrokerURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"tls://mqtt.example.com":      "",
		"tls://mqtt.example.com:8884": "",
		"ssl://[::1]:8883":            "",
		"mqtts://10.0.0.1":            "",
		"tcp://127.0.0.1:1883":        "",
		"tcp://localhost":             "",
		"mqtt://[::1]":                "",
		"tcp://mqtt.example.com:1883": "broker mqtt.example.com:1883: without TLS only this machine is spoken to",
		"tcp://10.0.0.1":              "broker 10.0.0.1: without TLS only this machine is spoken to",
		"ws://127.0.0.1":              "broker 127.0.0.1: its scheme is not tls",
		"tls://" + user + ":" + "hunter2@mqtt.example.com":  "broker mqtt.example.com: a name and a password do not belong into the URL",
		"//" + user + ":" + "hunter2@mqtt.example.com":      "broker mqtt.example.com: a name and a password do not belong into the URL",
		user + ":" + "hunter2@mqtt.example.com":             "broker: its address names no host",
		"tls:" + user + ":hunter2@mqtt.example.com":         "broker: its address names no host",
		"tls://" + user + ":hunter2@mqtt.example.com\x7f:1": "broker: its address is not a URL",
		"tls://:8883": "broker: its address names no host",
		"":            "broker: its address names no host",
	} {
		_, err := cloud.NewConnection(cloud.Broker{URL: url})
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", url, err)
		case want != "" && (err == nil || err.Error() != want):
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
	insecure := newAuthority(t).client()
	insecure.InsecureSkipVerify = true // has to be refused
	if _, err := cloud.NewConnection(cloud.Broker{URL: "tls://h", TLS: insecure}); err == nil {
		t.Error("a broker whose certificate is not checked was accepted")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a/b", "a+", "#", "a\x00"} {
		if _, err := cloud.New(cloud.Options{Broker: "tls://h", Site: name, Device: "0007", Journal: newDiary(0)}); err == nil {
			t.Errorf("the site %q was accepted", name)
		}
		if _, err := cloud.New(cloud.Options{Broker: "tls://h", Site: "site", Device: name, Journal: newDiary(0)}); err == nil {
			t.Errorf("the device %q was accepted", name)
		}
	}
}
