# tillgate: every target says what it needs and installs it when it may.
SHELL := /bin/bash
GO    ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# SQLite is compiled in and the result is one static file. What is tested is compiled as
# what is built: otherwise a fresh machine compiles everything twice, SQLite included.
export TAGS    := netgo,osusergo,sqlite_omit_load_extension
export GOFLAGS := -trimpath -buildvcs=false
LINK    = -s -w -X main.version=$(VERSION) -linkmode external -extldflags -static

.PHONY: demo build build-collect build-demo build-arm build-arm-demo test lint test-race test-long test-lives test-sim test-shops test-hotels test-histories test-arm test-device bench soak clean packages

# make demo plays eight visits to a counter and a parking exit, a refund and two deposits at a
# hotel's desk, and stays up with its pages; make demo ONCE=1 leaves after them: 0 when all was
# paid, recorded and acknowledged.
demo: build-demo
	@.ci/packages demo
	build/tillgate-demo demo $(if $(ONCE),--once) --out build/demo

build:
	$(GO) build -tags $(TAGS) -ldflags '$(LINK)' -o build/tillgate ./agent

# The collector: the cloud's side of the journal.
build-collect:
	$(GO) build -tags $(TAGS) -ldflags '$(LINK)' -o build/tillgate-collect ./agent/tillgate-collect

build-demo:
	$(GO) build -tags $(TAGS),demo -ldflags '$(LINK)' -o build/tillgate-demo ./agent

build-arm:
	@.ci/packages arm
	CGO_ENABLED=1 GOOS=linux GOARCH=arm GOARM=7 CC=arm-linux-gnueabihf-gcc \
		$(GO) build -tags $(TAGS) -ldflags '$(LINK)' -o build/tillgate-armv7 ./agent

build-arm-demo:
	@.ci/packages arm
	CGO_ENABLED=1 GOOS=linux GOARCH=arm GOARM=7 CC=arm-linux-gnueabihf-gcc \
		$(GO) build -tags $(TAGS),demo -ldflags '$(LINK)' -o build/tillgate-demo-armv7 ./agent

test: packages lint build build-demo test-race test-long test-lives

# What the tests need beyond Go, a C compiler, make and git: installed when root, named when not.
packages:
	@.ci/packages test

lint:
	@.ci/lint

# All packages under the race detector, but for what is long and works in one goroutine:
# sweeps of cuts and broken bytes, most scenarios of the networks. Those are played without it,
# and so are the browser's tests, whose pages would be too slow for what people wait. What
# takes longest begins first.
test-race:
	$(GO) test -race -short -timeout 20m -tags $(TAGS),demo -skip '^TestBrowser' ./store ./agent/sim ./...

test-long:
	$(GO) test -timeout 20m -tags $(TAGS),demo ./store/... ./agent/pay/... ./agent/sim ./agent/cloud ./agent/duty ./agent/staff ./agent/report
	$(GO) test -tags $(TAGS),demo ./agent ./agent/console -run 'TestCashiersDay|TestHotelsDay|TestAxe|TestBrowser'

# Side by side: the sale on emulated ARM waits more than it works.
test-lives:
	$(MAKE) -j2 -O test-sim test-arm

# Six hundred lives of a lane against faults in network, disk, power, broker and people, and
# sixty of a hotel's desks.
test-sim: build-demo
	build/tillgate-demo simulate --seed 1 --runs 600
	build/tillgate-demo simulate --scene hotel --seed 1 --runs 60

# The long campaigns, which also fail when something was never seen: two thousand shops with
# every result and behaviour of the networks, two thousand hotels with every fault of deposits.
test-shops: build-demo
	build/tillgate-demo simulate --seed 1 --runs 2000

test-hotels: build-demo
	build/tillgate-demo simulate --scene hotel --seed 1 --runs 2000

# Ten thousand random histories of the real store: the shifts, nobody's and the slips sum to the ledger.
test-histories:
	$(GO) test -timeout 30m -tags $(TAGS),demo ./agent/duty -run '^TestHistories$$' -v -rapid.checks=10000

# An armv7 build sells once under qemu. It is the demo build: a device build refuses the sandbox.
test-arm: build-arm-demo
	@.ci/sell-on-arm

test-device:
	@echo 'test-device: packages and the emulated board come with the firmware; nothing is tested here yet.'

bench: build-demo
	@.ci/bench

soak: build-demo
	build/tillgate-demo simulate --seed $$(date +%s) --runs 100000

clean:
	rm -rf build
