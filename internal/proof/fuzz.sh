#!/bin/bash
# fuzz.sh TIME: every fuzz target for so long, from the kept corpus. What breaks a
# target is written to its testdata/fuzz and must be kept with the fix. Inputs are
# made small in a hundred steps at most: without a bound that takes most of the time.
set -euo pipefail
cd "$(dirname "$0")/../.."
targets=0 runs=0
while IFS=: read -r file name; do
    if ! out=$(go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" -fuzzminimizetime 100x "./$(dirname "$file")"); then
        # The end of the time alone, without an input that fails, is no finding:
        # go test takes it for one when a worker is slow to answer.
        if grep -q 'Failing input written' <<<"$out" || ! grep -q '^ *context deadline exceeded' <<<"$out"; then
            echo "$out"
            exit 1
        fi
    fi
    n=$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' <<<"$out" | tail -1)
    n=${n:-0} # a short run may end with reading the corpus
    echo "$(dirname "$file") $name: $n inputs"
    targets=$((targets + 1)) runs=$((runs + n))
done < <(grep -rn --include='*_test.go' '^func Fuzz' . | sed -E 's/^\.\/([^:]*):[0-9]+:func (Fuzz[A-Za-z]*)\(.*/\1:\2/' | grep -v '^sentiment/bench')
echo "proof: $targets targets, $1 each, $runs inputs, 0 failures"
# The control: a target that must fail at once is told from one that passes.
control=$(mktemp -d)
trap 'rm -rf "$control"' EXIT
cat >"$control/x_test.go" <<'GO'
package x

import "testing"

func FuzzX(f *testing.F) {
	f.Add("a")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 3 {
			t.Error("long")
		}
	})
}
GO
printf 'module x\n\ngo 1.26\n' >"$control/go.mod"
if (cd "$control" && go test -run '^$' -fuzz FuzzX -fuzztime 20s . >/dev/null 2>&1); then
    echo "a target that must fail passes"
    exit 1
fi
echo "control: a target with a planted fault fails"
