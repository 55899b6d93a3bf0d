#!/usr/bin/env bash
# android_demo/tools/test.sh [WORD...]   compiles the Kotlin modules, warnings as errors, and runs their tests on the JVM:
# every vector of sdk/contract/vectors, and whole photos through the shipped ONNX models. WORDs go to JUnit's console
# launcher instead of --scan-classpath, as in `test.sh --select-class amirnet.VectorsTest`.
#
# The last line is "N passed, N failed". Exit status: 0 all passed; 77 there are no tools here; anything else: it failed.
# PYTHON (default .venv/bin/python) is the Python whose restored photos those of Kotlin must equal.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$tools/compile.sh"

compile_modules
compile_tests
run_java org.junit.platform.console.ConsoleLauncher --disable-banner --disable-ansi-colors --details=none \
    "${@:---scan-classpath=$(IFS=:; echo "${test_classes[*]}")}" 2>&1 | tee "$built/tests.txt" || true
count() { sed -n "s/^\[ *\([0-9]*\) tests $1 *\]$/\1/p" "$built/tests.txt"; }
passed=$(count successful) failed=$(count failed) skipped=$(count "\(skipped\|aborted\)" | paste -sd+ | bc)
