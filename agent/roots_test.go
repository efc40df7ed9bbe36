package main

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestANamedRootIsTheOnlyOne: without one the system's are trusted.
func TestANamedRootIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeMerchant(t, dir)
	file := func(name string) source { return source{"file", filepath.Join(dir, name)} }
	if config, err := tlsConfig(source{}); err != nil || config.RootCAs != nil {
		t.Errorf("without a name: %v, %v", config, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	only := x509.NewCertPool()
	only.AppendCertsFromPEM(text)
	if config, err := tlsConfig(file("cert.pem")); err != nil || !config.RootCAs.Equal(only) {
		t.Errorf("with a name: %v, %v", config, err)
	}
	if _, err := tlsConfig(file("key")); err == nil || !strings.Contains(err.Error(), "there is no certificate in it") {
		t.Errorf("with another file: %v", err)
	}
}
