#!/usr/bin/env bash
# ios_demo/tools/test.sh [ARGUMENTS...]   every test of the Swift package, in a release build: the contract's vectors
# replayed, and whole photos restored through ONNX Runtime to the bytes of the Python SDK. Warnings are errors. The last
# line is "N passed, N failed". ARGUMENTS go to `swift test`, as --filter NAME.
#
# Exit status: 0, or 1 where a test failed; 77 where Swift cannot be had (tools/swift.sh says how to get it).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
python=${PYTHON:-$repository/.venv/bin/python}
[ -x "$python" ] || python=python3
log=$repository/build/swift-test.log
mkdir -p "$repository/build"

PYTHONPATH=$repository/sdk ORT_DISABLE_TELEMETRY=1 "$python" "$here/reference.py" "$repository/build/swift-photos"
set +e
"$here/swift.sh" test -c release -Xswiftc -enable-testing -Xswiftc -warnings-as-errors \
    --scratch-path ../build/swift "$@" 2>&1 | tee "$log" | grep -v "^Test Case\|^Test Suite"
status=${PIPESTATUS[0]}
set -e
[ "$status" != 77 ] || exit 77
passed=$(grep -c "^Test Case .* passed" "$log" || true)
failed=$(grep -c "^Test Case .* failed" "$log" || true)
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1 # it did not build, or it crashed
echo "$passed passed, $failed failed"
[ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
