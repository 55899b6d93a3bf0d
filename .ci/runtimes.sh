#!/usr/bin/env bash
# .ci/runtimes.sh   the runtimes in Kotlin and Swift, and the phone apps as far as they can be proved without phones:
# each part sets up what it needs below build/toolchains (about 1.5 GB, once) and ends with its own "N passed, N failed".
#
# A part whose tools cannot be had on this kind of machine (status 77) is named and passed over; with CI set that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

parts=(android_demo/tools/test.sh android_demo/tools/check_app.sh ios_demo/tools/test.sh ios_demo/tools/check_app.sh)
for part in "${parts[@]}"; do
    echo "== $part"
    status=0
    bash "$part" || status=$?
    if [ "$status" = 77 ] && [ -z "${CI:-}" ]; then
        echo "left out: $part, whose tools cannot be had here; its folder's README says how to get them"
    elif [ "$status" != 0 ]; then
        echo "error: $part: status $status" >&2
        exit 1
    fi
done
