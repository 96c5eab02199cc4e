#!/bin/bash
# Runs inside the booted system: what the package and the units promise. A line
# for each promise, and the controls, which must fail, among them.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
passed=0 failed=0 controls=0

ok() { # ok NAME COMMAND...: the command must succeed
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)) && echo "ok    $name"; else
        failed=$((failed + 1)) && echo "FAIL  $name: $* => $out"
    fi
}
no() { # no NAME COMMAND...: the command must fail
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then failed=$((failed + 1)) && echo "FAIL  $name: $* => $out"; else passed=$((passed + 1)) && echo "ok    $name"; fi
}
control() { # control NAME COMMAND...: must fail, or the check beside it is blind
    local before=$failed
    no "control: $@"
    [ "$failed" = "$before" ] && controls=$((controls + 1))
}
wait_for() { # wait_for SECONDS COMMAND...
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do [ "$SECONDS" -lt "$end" ] || return 1; sleep 0.3; done
}
property() { systemctl show -P "$1" pantau; }
is() { [ "$(property "$1")" = "$2" ]; }
unlike() { [ "$(property "$1")" != "$2" ] && [ "$(property "$1")" != 0 ]; }
told() { journalctl -q --no-pager -o cat -u 'pantau-failure@*' --after-cursor "$mark" | grep -q 'berhenti mendadak'; }
from_here() { # what is told counts from now on, and may be told again at once
    systemctl reset-failed 'pantau-failure@*' pantau 2>/dev/null
    mark=$(journalctl -q -n 0 --show-cursor | sed -n 's/^-- cursor: //p')
}
dropin() { # dropin LINE...: changes the unit for a while
    mkdir -p /run/systemd/system/pantau.service.d
    { echo '[Service]'; printf '%s\n' "$@"; } >/run/systemd/system/pantau.service.d/proof.conf
    systemctl daemon-reload
}
undo() { rm -rf /run/systemd/system/pantau.service.d && systemctl daemon-reload; }
as() { runuser -u "$1" -- "${@:2}"; }
sql() { as "$1" sqlite3 -readonly /var/lib/pantau/pantau.db "$2"; }
count() { sqlite3 -readonly /var/lib/pantau/pantau.db 'SELECT count(*) FROM mentions'; }
filled() { [ "$(count)" -gt 0 ]; }
cores() { ls /var/lib/pantau/core* && grep -l xoxb-000000-proof /var/lib/pantau/core*; }
silent() { local out; out=$("$@" 2>&1) && [ -z "$out" ] || { echo "$out"; return 1; }; }
frozen() { [ "$(ps -o state= -p "$1")" = T ]; }

echo "$(systemctl --version | head -1), kernel $(uname -r)"
wait_for 30 systemctl is-active multi-user.target

echo "-- install"
ok "the package installs" dpkg -i /root/first.deb
no "a first installation does not start" systemctl is-active pantau
units=(/usr/lib/systemd/system/pantau{.service,-failure@.service,-verify.service,-verify.timer})
ok "systemd-analyze verify has nothing to say" silent systemd-analyze verify "${units[@]}"
sed 's/^WatchdogSec=/WatchdogSecs=/' "${units[0]}" >/run/typo.service
control "verify sees a wrong key" silent systemd-analyze verify /run/typo.service
ok "exposure of the service is 1.1 or less" systemd-analyze security --no-pager --offline=true --threshold=11 "${units[0]}"
printf '[Service]\nExecStart=/usr/bin/pantau run\n' >/run/bare.service
control "a bare unit is exposed" systemd-analyze security --no-pager --offline=true --threshold=11 /run/bare.service
exposure=$(systemd-analyze security --no-pager --offline=true "${units[0]}" | sed -n 's/.*level for.*: \([0-9.]*\).*/\1/p')

echo "-- start with a token from systemd"
sed -i 's/^# \[slack\]/[slack]/; s/^# channel   = "C0123456789"/channel = "C0123456789"/; s/^# token     = /token = /' /etc/pantau/config.toml
printf 'xoxb-000000-proof' >/etc/pantau/slack-token && chmod 600 /etc/pantau/slack-token
from_here
control "no credential, no start" systemctl start pantau
systemctl stop pantau
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1
mkdir -p "/run/systemd/system/pantau-failure@.service.d" && cp /run/systemd/system/pantau.service.d/proof.conf "/run/systemd/system/pantau-failure@.service.d/"
systemctl daemon-reload && from_here
ok "starts" systemctl start pantau
ok "READY=1 and STATUS= arrived" grep -q 'brands' <<<"$(property StatusText)"
ok "the credential is there, for the service only" test "$(stat -c %a /run/credentials/pantau.service/slack-token)" = 400
no "the service cannot read root's file" as pantau cat /etc/pantau/slack-token
ok "the state is in StateDirectory=" wait_for 20 test -s /var/lib/pantau/pantau.db
ok "mentions are stored" wait_for 20 filled
ok "reload" systemctl reload pantau

echo "-- readers"
useradd -G pantau-readers analyst && useradd stranger
ok "an analyst reads the live file" sql analyst 'SELECT count(*) FROM v_daily'
no "an analyst cannot write it" as analyst sqlite3 /var/lib/pantau/pantau.db 'DELETE FROM mentions'
no "an analyst cannot add files beside it" as analyst touch /var/lib/pantau/x
no "an analyst cannot read the key of the pseudonyms" as analyst cat /var/lib/pantau/pantau.key
no "an analyst cannot read backups" as analyst ls /var/lib/pantau/backups
no "an analyst cannot read the configuration" as analyst cat /etc/pantau/config.toml
control "without the group nobody reads" sql stranger 'SELECT count(*) FROM v_daily'
if [ -e /var/lib/pantau/pantau-analyst.db ]; then
    ok "an analyst reads the published copy" as analyst sqlite3 -readonly /var/lib/pantau/pantau-analyst.db 'SELECT count(*) FROM v_daily'
    no "an analyst cannot write the copy" as analyst sqlite3 /var/lib/pantau/pantau-analyst.db 'DELETE FROM mentions'
fi

echo "-- crash"
from_here
pid=$(property MainPID)
kill -KILL "$pid"
ok "started again after kill -9" wait_for 20 unlike MainPID "$pid"
ok "and ready" wait_for 20 is ActiveState active
ok "people were told of the crash" wait_for 20 told

pid=$(property MainPID)
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1 Environment=GOTRACEBACK=crash
systemctl restart pantau
pid=$(property MainPID)
kill -ABRT "$pid"
ok "started again after the abort that a watchdog sends" wait_for 20 unlike MainPID "$pid"
no "no memory was dumped" cores
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1 Environment=GOTRACEBACK=crash LimitCORE=infinity
systemctl restart pantau
pid=$(property MainPID)
kill -ABRT "$pid"
wait_for 20 unlike MainPID "$pid"
control "with LimitCORE= the token would lie in a dump" eval '! cores'
rm -f /var/lib/pantau/core*

echo "-- watchdog"
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1 WatchdogSec=0
systemctl restart pantau
pid=$(property MainPID)
kill -STOP "$pid"
sleep 9
control "without a watchdog a frozen service stays frozen" test "$(ps -o state= -p "$pid")" != T
kill -CONT "$pid"
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1 WatchdogSec=4
systemctl restart pantau
sleep 9
ok "fed while it works: not restarted" is NRestarts 0
from_here
pid=$(property MainPID)
kill -STOP "$pid"
ok "a frozen service is killed and started again" wait_for 60 unlike MainPID "$pid"
ok "by the watchdog" grep -q 'Watchdog timeout' <<<"$(journalctl -q --no-pager -u pantau --after-cursor "$mark")"
ok "people were told of the hang" wait_for 20 told
dropin LoadCredential=slack-token:/etc/pantau/slack-token UnsetEnvironment=NOTIFY_SOCKET TimeoutStartSec=5 Restart=no
control "without its notification the service never counts as started" systemctl restart pantau
dropin LoadCredential=slack-token:/etc/pantau/slack-token RestartSec=1
systemctl restart pantau

echo "-- stop"
from_here
ok "a clean stop" systemctl stop pantau
ok "ends with success" is Result success
no "nobody is told of it" told
ok "the file is whole" test "$(sqlite3 -readonly /var/lib/pantau/pantau.db 'PRAGMA integrity_check')" = ok
ok "an analyst still reads" sql analyst 'SELECT count(*) FROM v_daily'

echo "-- backups"
no "no backup, no verification" systemctl start pantau-verify
ok "a backup" as pantau pantau backup --database /var/lib/pantau/pantau.db
ok "is verified under the unit" systemctl start pantau-verify
backup=$(ls /var/lib/pantau/backups/*.db | tail -1)
dd if=/dev/urandom of="$backup" bs=4096 seek=20 count=4 conv=notrunc status=none
from_here
control "a damaged one is not" systemctl start pantau-verify
ok "OnFailure= told people" wait_for 20 told
ok "the timer starts" systemctl start pantau-verify.timer

echo "-- upgrade"
systemctl start pantau
before=$(count) pid=$(property MainPID) key=$(sha256sum </var/lib/pantau/pantau.key)
ok "the package upgrades" dpkg -i /root/second.deb
ok "the service runs the new program" wait_for 20 unlike MainPID "$pid"
ok "and is ready" wait_for 20 is ActiveState active
ok "nothing was lost" test "$(count)" -ge "$before"
ok "the key is the same" test "$(sha256sum </var/lib/pantau/pantau.key)" = "$key"
ok "the changed configuration is kept" grep -q '^\[slack\]' /etc/pantau/config.toml
ok "the old program is kept for the way back" test -x /var/lib/pantau/pantau.before
ok "rollback: the old package installs" dpkg -i /root/first.deb
ok "and runs" wait_for 20 is ActiveState active
ok "with all mentions" test "$(count)" -ge "$before"

echo "-- remove"
ok "removed" dpkg -r pantau
no "the service is gone" systemctl is-active pantau
ok "configuration and data stay" test -e /etc/pantau/config.toml -a -e /var/lib/pantau/pantau.db
ok "installed again" dpkg -i /root/second.deb
ok "with the configuration of before" grep -q '^\[slack\]' /etc/pantau/config.toml
ok "purged" dpkg -P pantau
no "a purge leaves nothing" test -e /etc/pantau -o -e /var/lib/pantau

journalctl --no-pager -q >/root/journal.out
echo "proof: $passed of $((passed + failed)) promises hold, exposure $exposure"
echo "control: $controls of 8 controls failed as they must"
