#!/usr/bin/env bash
# android_demo/tools/test.sh [WORD...]   compiles the Kotlin modules, warnings as errors, and runs their tests on the JVM:
# every vector of sdk/contract/vectors, and whole photos through the shipped ONNX models, which must become the same
# bytes as in Python. WORDs go to JUnit's console launcher: `test.sh --select-class amirnet.VectorsTest`.
#
# The last line is "N passed, N failed", with what was left out, if anything was: vectors that no type here can express.
# Exit status: 0 all passed; 77 the tools cannot be had on this kind of machine; anything else: it failed.
# PYTHON (default .venv/bin/python, with the SDK's packages) restores the photos that Kotlin's must equal.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/compile.sh"

compile_modules
compile_tests
restore_expected_photos
if [ $# = 0 ]; then set -- --scan-classpath "$built/runtime-test:$built/engines-test"; fi
status=0
run_java org.junit.platform.console.ConsoleLauncher --disable-banner --disable-ansi-colors --details=summary "$@" \
    >"$built/tests.txt" 2>&1 || status=$?
cat "$built/tests.txt"
count() { sed -n "s/^\[ *\([0-9][0-9]*\) tests $1 *\]\$/\1/p" "$built/tests.txt"; }
passed=$(count successful) failed=$(count failed) left_out=$(($(count skipped) + $(count aborted)))
if [ "$status" = 0 ] && [ "${passed:-0}" = 0 ]; then
    echo "error: no test ran" >&2
    status=1
fi
[ "$left_out" = 0 ] || echo "$left_out left out: vectors of what no type here can express"
sed -n 's/^ *JUnit Jupiter:/failed: /p' "$built/tests.txt"
echo "${passed:-0} passed, ${failed:-0} failed"
exit "$status"
