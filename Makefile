# make check is what must be green before a change is handed in.

PURE = ./brand ./config ./sentiment/... ./trends ./alerts ./collectors/...

VERSION = $(shell sed -n 's/^const Version = "\(.*\)"/\1/p' internal/cli/version.go)
DEB_VERSION = $(VERSION)
DIST = dist
FUZZ_TIME = 60s
CUTS = 5
TOOL = go tool -modfile=tools/go.mod
# Archives carry the time of the commit, so that two builds are the same bytes.
export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)

.PHONY: build lexicon test check fmt vet lint race examples smoke bench golden peer-slack peer-wordpress crash rules idle \
	sbom deb release reproduce security units fuzz prove prove-quick prove-systemd prove-power figures reader recipes

build:
	go build -trimpath -ldflags "-s -w" -o pantau .

# The compiled form of the lexicon: after every change of a file in sentiment/lexicon,
# by hand or by training, and of the code that reads them.
lexicon:
	go generate ./sentiment

test:
	go test ./...

check: fmt vet lint test race examples

fmt:
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt these files:"; echo "$$files"; exit 1; fi

vet:
	go vet ./...

lint:
	$(TOOL) staticcheck ./...

race:
	go test -race -short $(PURE)

# Every example configuration must load.
examples:
	go run . check --config config.toml

# The program as a newcomer starts it: from the clone to the alert, and a clean stop.
smoke:
	.ci/smoke

bench:
	go test -run '^$$' -bench . -benchmem ./store ./sentiment ./trends ./daemon ./collectors/...

# The Slack notifier against an emulator that others wrote. Needs npm.
peer-slack:
	alerts/peer/slack.sh

# The feeds of a real WordPress on loopback. Installs it from Debian's packages; needs root.
peer-wordpress:
	collectors/peer/wordpress.sh

# The table of faults with what was measured: an hour. Needs root, and:
# apt-get install mmdebstrap systemd-container qemu-system-x86 e2fsprogs cpio strace
prove:
	go run ./internal/proof -cuts $(CUTS)

# The same with small numbers, without machines of its own.
prove-quick:
	go run ./internal/proof -quick kill malformed ssrf xss mrkdwn csv sql header clock soak restore secrets

# The package under a real systemd in a container: a minute.
prove-systemd:
	go run ./internal/proof systemd

# CUTS=100 is the long one.
prove-power:
	go run ./internal/proof -cuts $(CUTS) power

# Every fuzz target for a while, from the corpus that is kept.
fuzz:
	internal/proof/fuzz.sh $(FUZZ_TIME)

# Vulnerabilities and suspicious code.
security:
	.ci/security

# The units, where systemd is installed: nothing to complain of, little exposed.
units:
	internal/proof/units.sh

# The long proof that nothing is lost and nothing comes twice: a thousand kills.
crash:
	PANTAU_KILLS=1000 go test -count=1 -run TestCrash -v -timeout 60m ./daemon

# The alert rules for Prometheus. Needs promtool: apt-get install prometheus.
rules:
	promtool check rules docs/prometheus/rules.yml
	cd docs/prometheus && promtool test rules rules_test.yml rules_days_test.yml

# Memory, start and processor time of a daemon at rest, with a million mentions.
idle:
	PANTAU_IDLE=1 go test -count=1 -run TestIdle -v -timeout 30m ./internal/cli

# What storing, asking and judging again cost at ROWS mentions, each beside its
# limit. FIGURES=FILE.db keeps the database there and uses it again.
ROWS ?= 1000000
figures:
	PANTAU_ROWS=$(ROWS) PANTAU_FIGURES=$(FIGURES) go test -count=1 -run TestFigures -v -timeout 2h ./store

# A reader that holds its transaction for half an hour beside the writer.
reader:
	PANTAU_READER=30m go test -count=1 -run TestAReaderForHalfAnHour -v -timeout 1h ./store

# The recipes for analysts with DuckDB and LibreOffice, where they can be had.
recipes:
	store/peer/recipes.sh

# Rewrites the files that show what people read. Review the difference like code.
golden:
	go test ./config ./store ./collectors ./alerts ./internal/backtest -update

# What the program is made of, in the form of CycloneDX. The tool writes the time
# of the run; the commit's makes two builds alike.
sbom:
	@mkdir -p $(DIST)
	@GOFLAGS=-trimpath $(TOOL) cyclonedx-gomod app -json -std -noserial -main . . 2>/dev/null | \
		sed 's/^\( *"timestamp": \)".*"/\1"'$$(date -u -d @$$SOURCE_DATE_EPOCH +%FT%TZ)'"/' >$(DIST)/sbom.json
	@test -s $(DIST)/sbom.json

# A Debian package of this checkout, in $(DIST).
deb: sbom
	@CGO_ENABLED=1 go build -trimpath -buildvcs=auto -ldflags "-s -w -buildid=" -o $(DIST)/pantau .
	@STAGE=$(DIST) VERSION=$(DEB_VERSION) ARCH=$$(go env GOARCH) $(TOOL) nfpm package -f systemd/deb/nfpm.yaml -p deb -t $(DIST)/ >/dev/null
	@ls $(DIST)/*.deb

# Everything that is handed out: the package, its parts list and the sums of both.
release: deb
	cd $(DIST) && sha256sum pantau pantau_*.deb sbom.json >SHA256SUMS && cat SHA256SUMS

# Builds the release twice, in clones at two paths, and compares the bytes.
reproduce:
	internal/proof/reproduce.sh
