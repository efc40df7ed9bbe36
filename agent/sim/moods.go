package sim

import (
	"slices"
	"strconv"
	"strings"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/cloudpay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/pay/unionpay"
	"tillgate/agent/pay/wechat"
)

// ops are what the networks are asked.
var ops = []sandbox.Op{sandbox.Charge, sandbox.Query, sandbox.Undo, sandbox.Show, sandbox.Refund, sandbox.RefundQuery, sandbox.Certificates}

// holdOps are what they are asked about deposits.
var holdOps = []sandbox.Op{sandbox.Hold, sandbox.HoldQuery, sandbox.HoldUndo, sandbox.ShowHold, sandbox.Capture, sandbox.CaptureQuery, sandbox.Release, sandbox.ReleaseQuery}

// common is what every network does now and then with every request, most of all
// refuse it with one of its many codes. It is all signed as it should be, where
// anything is.
var common = []string{sandbox.LostBefore, sandbox.LostAfter, sandbox.Slow, sandbox.BadGateway, sandbox.BadGatewayAfter, sandbox.SystemErrorBefore,
	sandbox.SystemErrorAfter, sandbox.Garbage, sandbox.RateLimit, sandbox.Twice, sandbox.Failed, sandbox.Failed, sandbox.Failed}

// own are troubles of a request.
var own = map[sandbox.Op][]string{
	sandbox.Charge: {sandbox.Hidden, sandbox.Late},
	sandbox.Show:   {sandbox.Hidden},
	sandbox.Undo:   {sandbox.UndoAgain, sandbox.UndoLies},
	sandbox.Hold:   {sandbox.Hidden, sandbox.Late}, sandbox.ShowHold: {sandbox.Hidden}, sandbox.HoldUndo: {sandbox.UndoAgain, sandbox.UndoLies},
	sandbox.Capture: {sandbox.Hidden, sandbox.Late}, sandbox.Release: {sandbox.Hidden, sandbox.Late},
	sandbox.Refund: {sandbox.Hidden, sandbox.Late, sandbox.Late, sandbox.Abnormal, sandbox.Abnormal, sandbox.ComesBack, sandbox.ComesBack},
}

// signatures are troubles of those who sign: ChinaUMS does not, only WeChat Pay
// names and dates its key, and has more than one.
var signatures = map[string][]string{
	weChat:   {sandbox.WrongSignature, sandbox.NoSignature, sandbox.UnknownSerial, sandbox.Stale, sandbox.KeyRotated},
	aliPay:   {sandbox.WrongSignature, sandbox.NoSignature},
	cloudPay: {sandbox.WrongSignature, sandbox.NoSignature},
}

// lasting are troubles of refunds that take their time: not of those which are
// over when they are answered, as Alipay's are and ChinaUMS' of payment codes.
var lasting = []string{sandbox.Late, sandbox.Abnormal, sandbox.ComesBack}

// troubles are what a network does now and then with a request. Nothing of it is
// untrue.
func troubles(network string, op sandbox.Op, shown bool) []string {
	kinds := slices.Concat(common, own[op], signatures[network])
	if op == sandbox.Refund && shown { // they are rare
		kinds = slices.Concat(kinds, lasting, lasting)
	}
	return slices.DeleteFunc(kinds, func(kind string) bool {
		atOnce := network == aliPay || network == unionPay && !shown
		return op == sandbox.Refund && atOnce && slices.Contains(lasting, kind) || kind == sandbox.Failed && len(failures[network][op]) == 0
	})
}

// untrue is what is said now and then and signed all the same: what follows may
// be frozen.
var untrue = []string{sandbox.WrongAmount, sandbox.WrongMerchant, sandbox.WrongNumber, sandbox.WrongTime}

// lies are what a network says untrue of a request: also that the number is
// somebody else's.
func lies(network string, op sandbox.Op) []string {
	switch op {
	case sandbox.Undo, sandbox.Certificates, sandbox.HoldUndo, sandbox.CaptureQuery, sandbox.ReleaseQuery:
		return nil
	case sandbox.Capture, sandbox.Release:
		return []string{sandbox.WrongAmount}
	}
	return slices.Concat(untrue, accusations[network][op])
}

var garbages = slices.Sorted(slices.Values(sandbox.Garbages()))

// phones are who scan what we show.
var phones = []string{
	sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Password, sandbox.Password, sandbox.Password,
	sandbox.Coupon, sandbox.Race, sandbox.Race, sandbox.PasswordNever, sandbox.PasswordFails, sandbox.NoMoney,
}

// customers are who come, as often as they stand here.
var customers = []string{
	sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Pays, sandbox.Coupon,
	sandbox.Password, sandbox.Password, sandbox.Password, sandbox.PasswordNever, sandbox.PasswordFails, sandbox.NoMoney, sandbox.Race,
	sandbox.LostBefore, sandbox.LostAfter, sandbox.LostAfter, sandbox.Late, sandbox.Hidden, sandbox.Slow,
	sandbox.SystemErrorBefore, sandbox.SystemErrorAfter, sandbox.BadGatewayAfter, "garbage:html", sandbox.WrongSignature,
	sandbox.UndoAgain, sandbox.UndoLies, sandbox.WrongAmount,
}

// documented are the networks' codes and what each proves.
var documented = map[string][]pay.Case{weChat: wechat.Cases(), aliPay: alipay.Cases(), unionPay: unionpay.Cases(), cloudPay: cloudpay.Cases()}

// moneyOps are those after which money may have moved.
var moneyOps = []sandbox.Op{sandbox.Charge, sandbox.Show, sandbox.Refund, sandbox.Hold, sandbox.ShowHold, sandbox.Capture, sandbox.Release}

// failures are the documented codes with which a network refuses a request and
// does nothing, where that is true: a no to a question is no answer to it. Those
// that prove the same stand together.
var failures = func() map[string]map[sandbox.Op][][]string {
	all := map[string]map[sandbox.Op][][]string{}
	for _, network := range networks {
		all[network] = map[sandbox.Op][][]string{}
		for _, op := range slices.Concat(ops, holdOps) {
			takesMoney := slices.Contains(moneyOps, op)
			for _, kind := range []pay.Case{{State: pay.Unknown}, {State: pay.Unknown, Fault: true}, {State: pay.Declined}, {State: pay.Declined, Fault: true}} {
				alike := codesOf(network, op, func(c pay.Case) bool {
					honest := !c.NotFound && (takesMoney || c.State == pay.Unknown)
					return honest && c.State == kind.State && c.Fault == kind.Fault
				})
				if len(alike) > 0 {
					all[network][op] = append(all[network][op], alike)
				}
			}
		}
	}
	return all
}()

// accusations are the codes with which a network says that a number is another's.
var accusations = func() map[string]map[sandbox.Op][]string {
	all := map[string]map[sandbox.Op][]string{}
	for _, network := range networks {
		all[network] = map[sandbox.Op][]string{}
		for _, op := range []sandbox.Op{sandbox.Charge, sandbox.Refund} {
			for _, code := range codesOf(network, op, func(c pay.Case) bool { return c.State == pay.Mismatch }) {
				all[network][op] = append(all[network][op], sandbox.Behaviour{Kind: sandbox.Failed, Code: code}.String())
			}
		}
	}
	return all
}()

// codesOf are the documented codes of a request that a predicate wants.
func codesOf(network string, op sandbox.Op, wanted func(pay.Case) bool) (codes []string) {
	for _, c := range documented[network] {
		if sandbox.Op(c.Op) == op && spoken(network, c.Code) && wanted(c) {
			codes = append(codes, c.Code)
		}
	}
	slices.Sort(codes)
	return codes
}

// spoken tells whether a case's code is one of a refused call, and the name of
// one: the words of a state come in another field.
func spoken(network, code string) bool {
	switch network {
	case aliPay:
		return !strings.HasSuffix(code, "*")
	case unionPay:
		return !slices.Contains([]string{"00", "SUCCESS", "FAIL", "PROCESSING", "UNKNOWN"}, code)
	case cloudPay:
		_, err := strconv.Atoi(code)
		return err == nil
	}
	return true
}
