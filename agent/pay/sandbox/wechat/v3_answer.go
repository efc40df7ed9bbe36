package wechat

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
)

// staleBy is how old a stale answer is.
const staleBy = 10 * time.Minute

// answer3 is an answer of API v3.
type answer3 struct {
	n       *Network
	q       request3
	do      sandbox.Doing
	refusal *result // why nothing was done
	done    *result // what was done, where that is not looked up again
}

// Good is what is true now.
func (a *answer3) Good() sandbox.Parcel { return a.sign(a.spoil(a.answer()).pack()) }

// Fail is a refusal in API v3's words.
func (a *answer3) Fail(why string) sandbox.Parcel {
	switch why {
	case sandbox.Busy:
		return a.sign(failed3("SYSTEM_ERROR", "系统繁忙，请稍后再试").pack())
	case sandbox.TooOften:
		return a.sign(failed3("FREQUENCY_LIMITED", "频率超限，请稍后再试").pack())
	}
	return a.sign(failed3(why, "按测试要求返回: "+why).pack())
}

// sign adds the headers of a signature, wrong ones where that is wanted.
func (a *answer3) sign(p sandbox.Parcel) sandbox.Parcel {
	if a.do.Network.Kind == sandbox.KeyRotated {
		a.n.NewPlatformCertificate()
	}
	a.n.mu.Lock()
	platform, now := a.n.platform(), a.n.s.Now()
	a.n.mu.Unlock()
	serial, key := platform.serial, platform.key
	if a.q.serial == PublicKeyID {
		serial, key = PublicKeyID, publicKey()
	}
	switch a.do.Network.Kind {
	case sandbox.NoSignature:
		return p
	case sandbox.WrongSignature:
		key = sandbox.Key(sandbox.MerchantKey)
	case sandbox.UnknownSerial:
		serial = strings.Repeat("7", len(platform.serial))
	case sandbox.Stale:
		now = now.Add(-staleBy)
	}
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()
	sum := sha256.Sum256([]byte(stamp + "\n" + nonce + "\n" + string(p.Body) + "\n"))
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		panic(err) // a key of ours can always sign
	}
	p.Header = maps.Clone(p.Header)
	p.Header.Set("Wechatpay-Serial", serial)
	p.Header.Set("Wechatpay-Timestamp", stamp)
	p.Header.Set("Wechatpay-Nonce", nonce)
	p.Header.Set("Wechatpay-Signature", base64.StdEncoding.EncodeToString(signature))
	p.Header.Set("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
	return p
}

// spoil changes what an answer says before it is signed, where that is wanted.
func (a *answer3) spoil(r *result) *result {
	f := maps.Clone(r.fields)
	switch a.do.Network.Kind {
	case sandbox.WrongAmount:
		if sums, ok := f["amount"].(map[string]any); ok && a.q.op != sandbox.Show && a.q.op != sandbox.Charge {
			sums = maps.Clone(sums)
			sums["total"] = sums["total"].(int64) * 10
			f["amount"] = sums
		}
	case sandbox.WrongTime:
		if at, err := time.Parse(time.RFC3339, fmt.Sprint(f["success_time"])); err == nil {
			f["success_time"] = at.Add(-time.Hour).In(sandbox.Beijing).Format(time.RFC3339)
		}
	case sandbox.WrongNumber:
		if number, ok := f["out_trade_no"].(string); ok {
			f["out_trade_no"] = "9" + number[1:len(number)-1] + "x"
		}
	case sandbox.WrongMerchant:
		for _, name := range []string{"mchid", "sub_mchid"} {
			if f[name] != nil {
				f[name] = "1999999999"
			}
		}
	}
	return &result{r.status, f}
}

// Garbage is something that nobody should believe.
func (a *answer3) Garbage(name string) sandbox.Parcel {
	switch name {
	case "fail":
		return failed3("SIGN_ERROR", "签名错误").pack()
	case "fail-signed":
		return a.sign((&result{http.StatusOK, map[string]any{"code": "SUCCESS", "message": "系统繁忙"}}).pack())
	}
	p := a.Good()
	if p.Status == http.StatusNoContent { // then there would be no body
		p.Status = http.StatusOK
	}
	p.Body = sandbox.SpoilJSON(name, p.Body, `"trade_state":"SUCCESS"`)
	if name == "empty" {
		p.Header = nil
	}
	return p
}

// certificates is the list of platform certificates, sealed with the APIv3 key.
func (n *Network) certificates(q request3) *result {
	block, err := aes.NewCipher([]byte(q.account.V3Key))
	if err != nil {
		return failed3("INVALID_REQUEST", "请先设置APIv3密钥")
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return failed3("SYSTEM_ERROR", "系统繁忙，请稍后再试")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.platform()
	list := []map[string]any{}
	for i, p := range n.platforms {
		nonce := fmt.Sprintf("nonce%07d", i)
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw})
		list = append(list, map[string]any{
			"serial_no": p.serial, "effective_time": p.cert.NotBefore.In(sandbox.Beijing).Format(time.RFC3339), "expire_time": p.cert.NotAfter.In(sandbox.Beijing).Format(time.RFC3339),
			"encrypt_certificate": map[string]any{"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "certificate",
				"ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), text, []byte("certificate")))},
		})
	}
	return &result{http.StatusOK, map[string]any{"data": list}}
}
