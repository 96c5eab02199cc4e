#!/bin/sh
# Checks the units without starting them: systemd-analyze has nothing to say, and
# the exposure of the service is 1.1 or less.
set -eu
cd "$(dirname "$0")/../.."
command -v systemd-analyze >/dev/null || { echo "NOT CHECKED: no systemd-analyze here; make prove-systemd boots one"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What the units name must exist: a copy names files that do.
for unit in systemd/*.service systemd/*.timer; do
    sed -e 's|=\(-\{0,1\}\)pantau |=\1/bin/true |' -e '/^Documentation=/d' "$unit" >"$work/$(basename "$unit")"
done
said=$(systemd-analyze verify "$work"/*.service "$work"/*.timer 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "$said"; exit 1; }
systemd-analyze security --no-pager --offline=true --threshold=11 systemd/pantau.service | tail -1
echo "proof: verify is silent about $(ls "$work" | wc -l) units, exposure at most 1.1"
printf '[Service]\nExecStart=/bin/true\nWatchdogSecs=1\n' >"$work/typo.service"
[ -n "$(systemd-analyze verify "$work/typo.service" 2>&1)" ] || { echo "a wrong key is not seen"; exit 1; }
! systemd-analyze security --no-pager --offline=true --threshold=11 "$work/typo.service" >/dev/null 2>&1 || { echo "a bare unit passes"; exit 1; }
echo "control: a wrong key and a bare unit are found"
