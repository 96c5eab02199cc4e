# make check is what must be green before a change is handed in.

PURE = ./brand ./config ./sentiment/... ./trends ./alerts ./collectors/...

.PHONY: build test check fmt vet lint race examples smoke bench golden peer-slack crash rules idle

build:
	go build -trimpath -ldflags "-s -w" -o pantau .

test:
	go test ./...

check: fmt vet lint test race examples

fmt:
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt these files:"; echo "$$files"; exit 1; fi

vet:
	go vet ./...

lint:
	go tool -modfile=tools/go.mod staticcheck ./...

race:
	go test -race $(PURE)

# Every example configuration must load.
examples:
	go run . check --config config.toml

# The program as a newcomer starts it: from the clone to the alert, and a clean stop.
smoke:
	.ci/smoke

bench:
	go test -run '^$$' -bench . -benchmem ./store ./sentiment ./trends ./daemon

# The Slack notifier against an emulator that others wrote. Needs npm.
peer-slack:
	alerts/peer/slack.sh

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

# Rewrites the files that show what people read. Review the difference like code.
golden:
	go test ./config ./store ./collectors ./alerts -update
