package alipay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"tillgate/agent/pay"
)

// keyBitsMin is what RSA2 asks for (page common/02km9f).
const keyBitsMin = 2048

// ReadPrivateKey reads an application's private key: PKCS#1 or PKCS#8, in PEM
// or in bare base64 on one line or several, as Alipay's key tool writes it
// (page common/02mse7). Its error never repeats what was read.
func ReadPrivateKey(text pay.Secret) (*rsa.PrivateKey, error) {
	key, err := readPrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("the application's private key %w", err)
	}
	return key, nil
}

func readPrivateKey(text pay.Secret) (*rsa.PrivateKey, error) {
	if pay.Printed(text) {
		return nil, errors.New("is printed in a public guide: make another")
	}
	der, err := keyBytes(string(text), "PRIVATE KEY", "RSA PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil { // what the parsers say may show what is in it
		parsed, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, errors.New("is neither PKCS#1 nor PKCS#8")
		}
		ok := false
		if key, ok = parsed.(*rsa.PrivateKey); !ok {
			return nil, errors.New("is no RSA key")
		}
	}
	if bits := key.Size() * 8; bits < keyBitsMin {
		return nil, fmt.Errorf("has %d bits, less than %d", bits, keyBitsMin)
	}
	return key, nil
}

// ReadPublicKey reads Alipay's public key, in PEM or in bare base64 as the open
// platform's console shows it.
func ReadPublicKey(text string) (*rsa.PublicKey, error) {
	key, err := readPublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("the public key of Alipay %w", err)
	}
	return key, nil
}

func readPublicKey(text string) (*rsa.PublicKey, error) {
	der, err := keyBytes(text, "PUBLIC KEY", "RSA PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		parsed, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			return nil, errors.New("cannot be read")
		}
		ok := false
		if key, ok = parsed.(*rsa.PublicKey); !ok {
			return nil, errors.New("is no RSA key")
		}
	}
	if bits := key.Size() * 8; bits < keyBitsMin {
		return nil, fmt.Errorf("has %d bits, less than %d", bits, keyBitsMin)
	}
	return key, nil
}

// keyBytes takes the armour off a key: that of PEM with one of two names, or
// none but base64.
func keyBytes(text, name, other string) ([]byte, error) {
	if strings.Contains(text, "-----BEGIN ") {
		block, rest := pem.Decode([]byte(text))
		switch {
		case block == nil:
			return nil, errors.New("is broken PEM")
		case block.Type != name && block.Type != other:
			return nil, fmt.Errorf("is PEM of another kind than %s", name)
		case strings.TrimSpace(string(rest)) != "":
			return nil, errors.New("has something after it")
		}
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(der) == 0 {
		return nil, errors.New("is neither PEM nor base64")
	}
	return der, nil
}
