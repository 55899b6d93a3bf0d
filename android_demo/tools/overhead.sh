#!/usr/bin/env bash
# android_demo/tools/overhead.sh   restores the photo of 12 megapixels, float and int8, and prints how much of the time is
# the runtime's own work: all but ONNX Runtime. Exit status 1 where it is more than 10 %.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/compile.sh"

compile_modules
compile_tests
restore_expected_photos
run_java amirnet.OverheadKt
