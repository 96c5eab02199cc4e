#!/bin/bash
# power.sh DIR CUTS: cuts the power of a virtual machine while it commits, and
# counts what is missing at the next start. A cut is kill -9 of qemu: what the
# guest had not flushed to its disk is gone. It does not model a disk that lies
# about a flush. The control is the same program with synchronous=NORMAL.
# Needs root for the tree, and: apt-get install mmdebstrap qemu-system-x86 e2fsprogs cpio
set -euo pipefail
mkdir -p "$1"
dir=$(cd "$1" && pwd) cuts=$2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
"$here/rootfs.sh" "$dir/debian" >"$dir/debian.log" 2>&1
kernel=$(ls "$dir"/debian/boot/vmlinuz-* | tail -1)
lib=$(ls -d "$dir"/debian/lib/modules/* | tail -1)

modules() { # modules NAME...: files of the modules, after those they need
    local name line
    for name; do
        line=$(grep -E "/$name\.ko:" "$lib/modules.dep") || continue # built in
        tr ' ' '\n' <<<"${line#*:}" | tac | sed '/^$/d'
        echo "${line%%:*}"
    done | awk '!seen[$0]++'
}
image() { # image NAME BUILDFLAG...: the program as the only file of a machine
    local tree=$dir/$1 n=10 m
    rm -rf "$tree" && mkdir -p "$tree/modules"
    (cd "$top" && CGO_ENABLED=1 go build "${@:2}" -trimpath -tags netgo,osusergo,sqlite_omit_load_extension \
        -ldflags '-s -w -linkmode external -extldflags -static' -o "$tree/init" ./internal/proof/guest/power 2>/dev/null)
    for m in $(modules virtio_pci virtio_blk crc32c_generic ext4); do
        cp "$lib/$m" "$tree/modules/$n-$(basename "$m")"
        n=$((n + 1))
    done
    (cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$dir/$1.gz"
}
boot() { # boot NAME LOG: starts the machine in the background
    exec qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 1 -m 512 -nographic -no-reboot -nic none \
        -drive "file=$dir/$1.img,format=raw,if=virtio,cache=writeback" -kernel "$kernel" -initrd "$dir/$1.gz" \
        -append "console=ttyS0 quiet panic=1" >"$2" 2>&1 </dev/null
}
last() { grep -ao "$1 [0-9]*" "$2" | tail -1 | cut -d' ' -f2 || true; }

trial() { # trial NAME TIMES: sets losses, rows, damaged, committed
    local name=$1 times=$2 n log before=0 found wait
    losses=0 rows=0 damaged=0 committed=0
    rm -f "$dir/$name.img" && truncate -s 256M "$dir/$name.img" && mkfs.ext4 -q "$dir/$name.img"
    for ((n = 0; n <= times; n++)); do
        log=$dir/$name-$n.log
        : >"$log"
        boot "$name" "$log" &
        for ((wait = 0; wait < 1800; wait++)); do
            grep -aq 'FOUND [0-9]' "$log" && break
            sleep 0.1
        done
        found=$(last FOUND "$log")
        [ -n "$found" ] || { kill -9 $!; tail -5 "$log"; echo "the machine did not start"; exit 1; }
        if [ "$n" -gt 0 ]; then
            grep -aq 'PROBLEMS 0' "$log" || damaged=$((damaged + 1))
            if [ "$found" -lt "$before" ]; then losses=$((losses + 1)) rows=$((rows + before - found)); fi
            echo "$name, cut $n: committed $before, found $found"
        fi
        [ "$n" -lt "$times" ] && sleep "$(awk -v r=$RANDOM 'BEGIN { print 2 + 4 * r / 32768 }')"
        kill -9 $! && { wait $! 2>/dev/null || true; }
        before=$(last COMMITTED "$log")
        before=${before:-$found}
    done
    committed=$before
}

printf '{"Replace": {"%s/store/store.go": "%s/normal.go"}}' "$top" "$dir" >"$dir/overlay.json"
sed 's/_synchronous=FULL/_synchronous=NORMAL/' "$top/store/store.go" >"$dir/normal.go"
! cmp -s "$top/store/store.go" "$dir/normal.go" || { echo "the store does not say synchronous=FULL"; exit 1; }
image full
image normal -overlay "$dir/overlay.json"
trial full "$cuts"
echo "proof: $cuts cuts, $committed mentions committed, $rows lost in $losses, $damaged files damaged"
verdict=$((losses + damaged))
trial normal "$((cuts < 3 ? cuts : 3))"
echo "control: with synchronous=NORMAL $rows committed mentions were lost in $losses cuts"
[ "$verdict" = 0 ] && [ "$losses" -gt 0 ]
