#!/bin/sh
# rootfs.sh DIR: a small Debian with a real systemd and a kernel, made once.
# Needs root, and: apt-get install mmdebstrap
set -eu
dir=$1
[ -e "$dir/.complete" ] && exit 0
rm -rf "$dir"
key=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mmdebstrap --variant=minbase --mode=root --keyring="$key" --aptopt='Acquire::Check-Valid-Until "false"' \
    --include=systemd,systemd-sysv,dbus,procps,sqlite3,linux-image-cloud-amd64 \
    "$suite" "$dir" "deb [signed-by=$key] $mirror $suite main"
echo proof >"$dir/etc/hostname"
touch "$dir/.complete"
