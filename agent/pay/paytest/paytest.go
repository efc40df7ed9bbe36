// Package paytest is the suite that every provider passes: against a network
// that misbehaves, over real TLS and in memory, it holds each result against
// the network's books. A provider's own test brings it up and says what is
// particular to its network. It is not for the details of a protocol: those
// are the provider's own tests.
package paytest

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// Start brings up a sandbox and a provider that asks it. It takes the options
// as they are, attaches the network with the merchant that it asks for, and lets
// carry make the way from one to the other. It is called once per scenario.
type Start func(t *testing.T, o sandbox.Options, carry Carry) Network

// Network is a provider and its network, with what is particular to them.
type Network struct {
	Provider pay.Provider
	Sandbox  *sandbox.Sandbox
	Timing   pay.Timing
	NewCode  func(b sandbox.Behaviour) string // a customer's payment code
	Secrets  []string                         // the merchant's keys: never seen in a result

	NoMoney     string   // the network's codes for a payer without money,
	CodeUsed    string   // for a payment code that was used,
	CodeExpired string   // that is too old,
	CodeUnknown string   // that is nobody's
	Refusals    []string // codes that are a final no to this payer
	Faults      []string // codes that are a final no to our set-up
	Unsure      []string // codes that prove nothing
	Waiting     []string // codes for a payer who has been asked
	NeverClosed bool     // nothing closes the open order of a code that was scanned
	Mute        bool     // it has no word for a payer who has been asked: his charge is Unknown

	// What follows is for a provider that also shows codes.
	Shower       pay.Shower
	Unscanned    bool         // it knows nothing of a code before it is scanned
	ShowRefusals []string     // codes that are a final no to this offer
	ShowFaults   []string     // codes that are a final no to our set-up
	ShowUnsure   []string     // codes that prove nothing
	RefundFaults []string     // codes of a refund that a person has to see to
	Signatures   func() int64 // counts what was signed with the merchant's private key

	// What follows is for a provider that also gives parts of a payment back.
	Refunder     pay.Refunder
	Cases        []pay.Case // what its codes prove: those of refunds and of deposits are walked
	RefundAtOnce bool       // its refunds are over when they are answered: Options.RefundTakes means nothing there
	Bounced      pay.State  // of a refund that does not reach the payer: Unknown and a fault, or Declined

	// What follows is for a provider that also takes deposits.
	Holder     pay.Holder
	HoldShower pay.HoldShower // nil: it makes no codes for deposits
	Mover      pay.Mover
	HoldWallet string        // whose codes NewCode makes, as Result.Wallet has it
	HoldLife   time.Duration // after which the contract gives back what is left, where the network's terms do not say

	// Unlike are scenarios that have no like at this network, by their names or by
	// how their names begin (with a * behind it), and why. They are not played.
	Unlike map[string]string

	// Connections counts the requests that opened a connection and those that did not.
	Connections func() (opened, reused int64)
}

// scenario is one thing that happens, played by a scene.
type scenario struct {
	name  string
	long  bool          // lets real time pass, or has nothing to do with connections: only in memory
	takes time.Duration // from a refund's acceptance to the payer's money
	play  func(s *scene)
}

// Run plays every scenario of codes that are scanned, over TLS on loopback and in memory.
func Run(t *testing.T, start Start) {
	t.Helper()
	runAll(t, start, scenarios())
}

// RunShow plays every scenario of codes that are shown, likewise.
func RunShow(t *testing.T, start Start) {
	t.Helper()
	runAll(t, start, shows())
}

// RunInMemory and RunShowInMemory do without TLS: for further settings of a
// provider whose connections the others have tried already.
func RunInMemory(t *testing.T, start Start) {
	t.Helper()
	runInMemory(t, start, scenarios())
}

// RunShowInMemory is RunShow without TLS.
func RunShowInMemory(t *testing.T, start Start) {
	t.Helper()
	runInMemory(t, start, shows())
}

func runAll(t *testing.T, start Start, all []scenario) {
	t.Helper()
	runInMemory(t, start, all)
	for _, c := range some(all) {
		if c.long {
			continue
		}
		t.Run("tls/"+c.name, func(t *testing.T) {
			t.Parallel()
			for _, problem := range play(t, start, c, overTLS) {
				t.Error(problem)
			}
		})
	}
}

// some are all scenarios, or, where tests are to be short, as under the race
// detector, every eighth of them.
func some(all []scenario) (few []scenario) {
	if !testing.Short() {
		return all
	}
	for i := 0; i < len(all); i += 8 {
		few = append(few, all[i])
	}
	return few
}

func runInMemory(t *testing.T, start Start, all []scenario) {
	t.Helper()
	for _, c := range some(all) {
		t.Run("memory/"+c.name, func(t *testing.T) {
			t.Parallel()
			for _, problem := range inMemory(t, start, c) {
				t.Error(problem)
			}
		})
	}
}

func scenarios() []scenario {
	return slices.Concat(payers(), charges(), queries(), undos(), codes(), troubles(), walks())
}

// inMemory plays a scenario in a bubble of fake time.
func inMemory(t *testing.T, start Start, c scenario) (problems []string) {
	vouched(t) // before time is fake: its certificates are for all
	synctest.Test(t, func(t *testing.T) { problems = play(t, start, c, piped) })
	return problems
}

func play(t *testing.T, start Start, c scenario, w way) []string {
	s := &scene{ctx: t.Context(), given: map[string]map[string]money.Fen{}}
	o := sandbox.Options{Now: s.now, Plan: s.planned, RefundTakes: c.takes}
	s.Network = start(t, o, w(t, s))
	if why, unlike := s.unlike(c.name); unlike {
		t.Log("not played:", why)
	} else {
		c.play(s)
	}
	return append(s.problems, s.strayed()...)
}

// unlike tells why a scenario has no like at the network.
func (n Network) unlike(name string) (why string, unlike bool) {
	for pattern, why := range n.Unlike {
		if fits(pattern, name) {
			return why, true
		}
	}
	return "", false
}

// strayed are the patterns of Unlike that are of no scenario, or have no reason.
func (n Network) strayed() (problems []string) {
	for pattern, why := range n.Unlike {
		of := func(c scenario) bool { return fits(pattern, c.name) }
		if why == "" || !slices.ContainsFunc(slices.Concat(scenarios(), shows(), refunds(), holds()), of) {
			problems = append(problems, "unlike "+pattern+": there is no such scenario, or no reason")
		}
	}
	return problems
}

// fits tells whether a name is a pattern, or begins as one with a * does.
func fits(pattern, name string) bool {
	begin, open := strings.CutSuffix(pattern, "*")
	return name == pattern || open && strings.HasPrefix(name, begin)
}
