package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tillgate/agent/pay"
)

// source says where a secret or a certificate is kept: "cred:NAME", a systemd
// credential in $CREDENTIALS_DIRECTORY, or "file:/path". It is never the
// secret itself, so it may be printed.
type source struct{ kind, name string }

const secretBytesMax = 64 << 10

// UnmarshalText reads a source. What it refuses is not repeated in its error:
// it may be a key that somebody typed into the config.
func (s *source) UnmarshalText(text []byte) error {
	kind, name, _ := strings.Cut(string(text), ":")
	switch {
	case kind == "cred" && plainName(name):
	case kind == "cred":
		return errors.New("a credential's name has letters, digits, dots, dashes and underscores")
	case kind == "file" && filepath.IsAbs(name):
	case kind == "file":
		return errors.New("the path after file: must begin with a slash")
	default:
		return errors.New("a secret itself never stands in this file")
	}
	*s = source{kind, name}
	return nil
}

// String is the source as it is written, which is no secret.
func (s source) String() string {
	if s.given() {
		return s.kind + ":" + s.name
	}
	return ""
}

func (s source) given() bool { return s.kind != "" }

// read is what the source holds, for what anybody may see: certificates.
func (s source) read() ([]byte, error) {
	data, _, err := s.content()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s, err)
	}
	return data, nil
}

// load is the secret that the source holds, without the line end that an editor
// leaves. A file that others than its owner may open is refused, and so is a
// key that is printed in public documents. Systemd itself protects its
// credentials, and their mode shows an access list's mask: it is not looked at.
func (s source) load() (pay.Secret, error) {
	data, mode, err := s.content()
	if err == nil && s.kind == "file" && mode&0o077 != 0 {
		err = fmt.Errorf("its mode is %04o, so others may open it; expected 0600", mode)
	}
	text := strings.TrimRight(string(data), "\r\n")
	switch {
	case err != nil:
	case text == "":
		err = errors.New("it is empty")
	case pay.Printed(pay.Secret(text)):
		err = errors.New("this key is printed in public documents, so everybody can sign with it; set a new one at the network")
	}
	if err != nil {
		return "", fmt.Errorf("load %s: %w", s, err)
	}
	return pay.Secret(text), nil
}

func (s source) content() (data []byte, mode os.FileMode, err error) {
	path := s.name
	if s.kind == "cred" {
		dir := os.Getenv("CREDENTIALS_DIRECTORY")
		if dir == "" {
			return nil, 0, errors.New("CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with LoadCredential=")
		}
		path = filepath.Join(dir, s.name)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		return nil, 0, errors.New("it is not a file")
	case info.Size() > secretBytesMax:
		return nil, 0, errors.New("it is larger than 64 KiB")
	}
	data, err = io.ReadAll(io.LimitReader(file, secretBytesMax))
	return data, info.Mode().Perm(), err
}

// sources are all the sources of the config: what nobody may see, and what
// anybody may. The log hides the first kind.
func (c *config) sources(secret, public func(at place, key string, s source)) {
	for _, m := range c.Merchants {
		secret(m.place, "key", m.Key)
		public(m.place, "cert", m.Cert)
		secret(m.place, "cert_key", m.CertKey)
		public(m.place, "ca", m.CA)
		secret(m.place, "v3_key", m.V3Key)
		public(m.place, "public_key", m.PublicKey)
		secret(m.place, "app_auth_token", m.AppAuthToken)
		secret(m.place, "old_key", m.OldKey)
	}
	for _, p := range c.Integrators {
		secret(p.place, "token", p.Token)
	}
	for _, n := range c.Neighbours {
		secret(n.place, "token", n.Token)
		public(n.place, "ca", n.CA)
	}
	public(c.Console.place, "cert", c.Console.Cert)
	secret(c.Console.place, "cert_key", c.Console.CertKey)
	secret(c.Cloud.place, "password", c.Cloud.Password)
	public(c.Cloud.place, "ca", c.Cloud.CA)
}

// checkSecrets loads every secret once and reports those that cannot be had,
// with the line that names them.
func (c *config) checkSecrets() error {
	problems := &configProblems{file: c.File}
	secret := func(at place, key string, s source) {
		if !s.given() {
			return
		}
		if _, err := s.load(); err != nil {
			problems.add(at.line(key), "%s: %v", key, err)
		}
	}
	public := func(at place, key string, s source) {
		if !s.given() {
			return
		}
		if _, err := s.read(); err != nil {
			problems.add(at.line(key), "%s: %v", key, err)
		}
	}
	c.sources(secret, public)
	if len(problems.list) > 0 {
		problems.sort()
		return problems
	}
	return nil
}
