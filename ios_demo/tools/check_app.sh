#!/usr/bin/env bash
# ios_demo/tools/check_app.sh   the iOS app and the Core ML engine, without Xcode: every source parses, all of them
# type-check in Swift 6 mode with warnings as errors, against the stubs of Apple's modules in ios_demo/stubs, and the
# Xcode project is sound. The last line is "N passed, N failed".
#
# Exit status: 0, or 1 where something is wrong; 77 where Swift cannot be had (tools/swift.sh says how to get it).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
python=${PYTHON:-$repository/.venv/bin/python}
[ -x "$python" ] || python=python3
made=../build/ios-check # from ios_demo, where swift.sh runs
passed=0 failed=0
rm -rf "$repository/build/ios-check"
mkdir -p "$repository/build/ios-check"
cd "$repository/ios_demo"

# The compiler without its driver: `swift -frontend ...`.
frontend() { "$here/swift.sh" -frontend "$@"; }

tell() { # NAME STATUS
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
        echo "ok      $1"
    elif [ "$2" = 77 ]; then
        exit 77
    else
        failed=$((failed + 1))
        echo "FAILED  $1"
    fi
}

# MODULE SOURCES...: its interface, for those that import it; whole, as every body is checked.
module() {
    local name=$1 status=0
    shift
    frontend -emit-module -emit-module-path "$made/$name.swiftmodule" -module-name "$name" "${strict[@]}" "$@" ||
        status=$?
    tell "$name type-checks" "$status"
}

status=0
"$python" "$here/check_project.py" || status=$?
tell "Xcode project" "$status"

resources=$("$here/swift.sh" -print-target-info | "$python" -c \
    'import json, sys; print(json.load(sys.stdin)["paths"]["runtimeResourcePath"])') || exit $?
strict=(-swift-version 6 -warnings-as-errors -parse-as-library -I "$made" -I stubs -module-cache-path "$made/cache"
    -plugin-path "$resources/host/plugins")

mapfile -t app < <(find App/AMIRNet -name '*.swift' | sort)
mapfile -t logic < <(find Sources/AMIRNetApp -name '*.swift' | sort)
mapfile -t engines < <(find Sources/AMIRNetEngines -name '*.swift' | sort)
mapfile -t runtime < <(find Sources/AMIRNetRuntime -name '*.swift' | sort)

status=0
frontend -parse "${app[@]}" "${logic[@]}" "${engines[@]}" || status=$?
tell "$((${#app[@]} + ${#logic[@]} + ${#engines[@]})) sources parse" "$status"
module AMIRNetRuntime "${runtime[@]}"
module AMIRNetEngines "${engines[@]}"
module AMIRNetApp "${logic[@]}"
status=0
frontend -typecheck -module-name AMIRNet "${strict[@]}" "${app[@]}" || status=$?
tell "the app's ${#app[@]} sources type-check" "$status"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
