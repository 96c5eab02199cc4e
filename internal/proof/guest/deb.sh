#!/bin/sh
# deb.sh DIR: boots a real systemd in a container, installs the package there and
# tries what the unit promises. DIR keeps the tree and the logs.
# Needs root, and: apt-get install mmdebstrap systemd-container
set -eu
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
"$here/rootfs.sh" "$dir/debian" >"$dir/debian.log" 2>&1

# Two packages of the same program: the second one is the upgrade.
make -s -C "$top" deb DIST="$dir/dist"
make -s -C "$top" deb DIST="$dir/dist2" DEB_VERSION=99.0.0

tree=$dir/tree
rm -rf "$tree"
cp -a "$dir/debian" "$tree"
cp "$dir"/dist/*.deb "$tree/root/first.deb"
cp "$dir"/dist2/*.deb "$tree/root/second.deb"
install -m 755 "$here/checks.sh" "$tree/root/checks.sh"
cat >"$tree/etc/systemd/system/checks.service" <<'U'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=-/bin/sh -c '/root/checks.sh >/root/checks.out 2>&1'
ExecStartPost=/usr/bin/systemctl poweroff --no-block
[Install]
WantedBy=multi-user.target
U
mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
ln -sf ../checks.service "$tree/etc/systemd/system/multi-user.target.wants/checks.service"
timeout --kill-after=10 300 systemd-nspawn -D "$tree" --boot --quiet --register=no --keep-unit --private-network \
    >"$dir/console.log" 2>&1 </dev/null || true
cat "$tree/root/checks.out"
grep -q '^proof: ' "$tree/root/checks.out" || { tail -20 "$dir/console.log"; exit 1; }
! grep -q '^FAIL' "$tree/root/checks.out"
