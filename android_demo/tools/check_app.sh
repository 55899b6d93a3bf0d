#!/usr/bin/env bash
# android_demo/tools/check_app.sh   what can be proved of the Android app without Android Studio and without a phone:
#   1. compiles runtime, engines and logic, warnings as errors, runs the tests of logic on the JVM, and takes photos of
#      48 and 200 megapixels through its bands in a small heap;
#   2. holds the result JSON that these tests write to benchmarks/schema (where PYTHON has jsonschema);
#   3. compares every stub of the platform with its description of API 21 to 37;
#   4. compiles and links the app's own resources and manifest with aapt2;
#   5. type-checks the LiteRT engine and the whole app, warnings as errors, against the runtime's real classes,
#      android.jar and the stubs of android_demo/stubs; then lets the Compose compiler's own checks of what may call
#      what say no word against the screens (it cannot translate them: that needs the real Compose runtime);
#   6. builds, aligns, signs and verifies an APK of what can be built here: tools/plain_app says what it holds.
#
# The last line is "N passed, N failed" of logic's tests. Exit status: 0 all of it holds; 77 there are no tools here;
# anything else: something does not. PYTHON (default .venv/bin/python).
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$tools/compile.sh"
demo=$repository/android_demo
sdk=$repository/build/toolchains/android
bash "$tools/android_sdk.sh" "$sdk"
python=${PYTHON:-$repository/.venv/bin/python}
work=$built/app-check
mkdir -p "$work"
kotlin_test=$kotlin/lib/kotlin-test.jar:$kotlin/lib/kotlin-test-junit5.jar

# The stamps of what is compiled before NAME: whatever is compiled here is compiled again when anything before it was.
upstream() {
    local name
    if [ "$1" = stubs ]; then return; fi
    for name in runtime engines logic stubs litert; do
        if [ "$name" = "$1" ]; then return; fi
        cat "$built/$name.stamp" 2>/dev/null || true
    done
}

say() { echo "check_app: $*" >&2; }

# logic and its tests
compile_modules
kotlin_compile logic "$built/runtime:$libraries" "$demo/logic/src/main"
kotlin_compile logic-test "$built/logic:$built/runtime:$libraries:$junit:$kotlin_test" "$demo/logic/src/test" \
    -Xfriend-paths="$built/logic"
say "running the tests of logic"
java -Damirnet.repository="$repository" -Damirnet.result="$work/phone_result.json" \
    -cp "$built/logic-test:$demo/logic/src/test/resources:$built/logic:$built/runtime:$libraries:$junit:$kotlin_test" \
    org.junit.platform.console.ConsoleLauncher --disable-banner --disable-ansi-colors --details=summary \
    --scan-classpath="$built/logic-test" >"$work/tests.txt" 2>&1 || true
count() { sed -n "s/^\[ *\([0-9]*\) tests $1 *\]$/\1/p" "$work/tests.txt"; }
passed=$(count successful) failed=$(count failed)
if [ "${failed:-1}" != 0 ]; then
    cat "$work/tests.txt" >&2
    sed -n 's/^ *JUnit Jupiter:/failed: /p' "$work/tests.txt" >&2
    say "the tests of logic did not all pass, or did not run"
    exit 1
fi

# Photos of 48 and 200 megapixels by bands, in a heap that the photo itself would fill many times over.
for photo in "64 8000 6000" "96 16320 12240"; do
    read -r heap width height <<<"$photo"
    java "-Xmx${heap}m" -cp "$built/logic-test:$built/logic:$built/runtime:$libraries" \
        amirnet.logic.photo.LargePhotoKt "$repository" "$width" "$height" >"$work/large.txt" || exit 1
    say "$(cat "$work/large.txt")"
done

# The result's JSON against its schema.
if "$python" -c 'import jsonschema' 2>/dev/null; then
    PYTHONPATH=$repository/sdk:$repository/benchmarks "$python" -m amirnet_benchmarks.phone \
        import "$work/phone_result.json" >"$work/phone_result.txt"
    say "the result that the tests wrote fits the schema"
else
    say "no jsonschema for $python: the result was not held to the schema"
fi

# The platform: android.jar with what was added to it since.
python3 "$tools/check_stubs.py" "$demo/stubs/android" "$sdk/android-platform-37.d.ts" >&2
rm -rf "$work/added" "$work/platform"
javac -nowarn --release 11 -cp "$sdk/android.jar" -d "$work/added" $(find "$demo/stubs/android" -name '*.java')
asm=java.base/jdk.internal.org.objectweb.asm
java --add-exports $asm=ALL-UNNAMED --add-exports $asm.tree=ALL-UNNAMED "$tools/MergeStubs.java" \
    "$sdk/android.jar" "$work/added" "$work/platform"
platform=$work/platform:$sdk/android.jar
mkdir -p "$work/stub-sources"
rm -rf "$work/stub-sources"/*
cp -r "$demo/stubs/androidx" "$demo/stubs/litert" "$work/stub-sources"
kotlin_compile stubs "$platform:$libraries" "$work/stub-sources" -nowarn

# resources KIND MANIFEST ASSETS...: compiled and linked into WORK/KIND.apk, R and BuildConfig into WORK/KIND-r
resources() {
    local kind=$1 manifest=$2
    shift 2
    rm -rf "$work/$kind-gen" "$work/$kind-r"
    mkdir -p "$work/$kind-gen/amirnet/app"
    "$sdk/aapt2_64" compile --dir "$demo/app/src/main/res" -o "$work/$kind-res.zip"
    sed 's/<manifest /<manifest package="org.amirnet.demo" /' "$manifest" >"$work/$kind-manifest.xml"
    "$sdk/aapt2_64" link -I "$sdk/android-framework.jar" --manifest "$work/$kind-manifest.xml" "$@" \
        --java "$work/$kind-gen" --custom-package amirnet.app --min-sdk-version 26 --target-sdk-version 36 \
        --version-code 1 --version-name 0.1.0 -0 tflite -0 onnx -o "$work/$kind.apk" "$work/$kind-res.zip"
    echo 'package amirnet.app; public final class BuildConfig { public static final String VERSION_NAME = "0.1.0"; }' \
        >"$work/$kind-gen/amirnet/app/BuildConfig.java"
    javac -nowarn --release 11 -d "$work/$kind-r" $(find "$work/$kind-gen" -name '*.java')
}
resources app "$demo/app/src/main/AndroidManifest.xml"
say "resources and manifest compiled and linked by aapt2"

modules=$built/logic:$built/engines:$built/runtime
kotlin_compile litert "$platform:$built/stubs:$modules:$libraries" "$demo/engines/litert/src/main"
kotlin_compile app "$platform:$built/stubs:$work/app-r:$built/litert:$modules:$libraries" "$demo/app/src/main"
say "the LiteRT engine and the app are type-checked"

# compose_check FOLDER CLASSPATH: the Compose compiler checks first and then translates, which without the real Compose
# runtime it refuses, by a sentence of its own. Whatever else it says is an error of the screens.
compose_check() {
    bash "$kotlin/bin/kotlinc-jvm" -Xplugin="$kotlin/lib/compose-compiler-plugin.jar" -nowarn -no-stdlib -no-reflect \
        -jvm-target 17 -cp "$2" -d "$work/compose" "$1" >"$work/compose.txt" 2>&1 || true
    if grep -q ' error: ' "$work/compose.txt"; then
        grep ' error: ' "$work/compose.txt" >&2
        return 1
    fi
    if ! grep -q 'The Compose Compiler requires the Compose Runtime' "$work/compose.txt"; then
        cat "$work/compose.txt" >&2
        return 1
    fi
}
mkdir -p "$work/compose-fault"
cat >"$work/compose-fault/Fault.kt" <<END
import androidx.compose.material3.Text
fun plain() { Text("not allowed here") }
END
if compose_check "$work/compose-fault" "$built/stubs:$libraries" 2>/dev/null; then
    say "the Compose compiler did not find a planted fault"
    exit 1
fi
compose_check "$demo/app/src/main" "$platform:$built/stubs:$work/app-r:$built/litert:$modules:$libraries"
say "the Compose compiler's checks: none against the screens, and a planted fault found"

# The APK of what can be built here.
rm -rf "$work/assets"
mkdir "$work/assets"
cp -r "$repository/sdk/amirnet/bundles/mobile" "$work/assets"
resources plain "$tools/plain_app/AndroidManifest.xml" -A "$work/assets"
kotlin_compile plain "$platform:$work/plain-r:$modules:$libraries" "$tools/plain_app"
. "$tools/plain_app/build.sh"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
