#!/usr/bin/env bash
# android_demo/tools/toolchain.sh [FOLDER]   what compiles and tests the Kotlin runtime where there is no Android Studio:
# the Kotlin compiler with its coroutines, JUnit 5, and ONNX Runtime's own Java API for the JVM of a Linux desk. Into
# FOLDER (default build/toolchains/kotlin), once: about 20 s and 400 MB; a stamp remembers it until this script or the
# wrapper beside it changes. Nothing outside FOLDER is touched.
#
# Needs npm, Debian's apt-get, a JDK 17 and a C compiler on x86-64 Linux.
# Exit status: 0 ready; 77 it cannot be had on this kind of machine; anything else: it failed, the next call begins anew.
set -euo pipefail

KOTLIN=2.4.20
ONNXRUNTIME_PACKAGE=com.github.asus4.onnxruntime # holds ONNX Runtime's Android archive and its Linux library
ONNXRUNTIME_PACKAGE_VERSION=0.4.9                # of ONNX Runtime 1.29.0
JUNIT=(junit5 libapiguardian-java libopentest4j-java libpicocli-java libunivocity-parsers-java)

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-$tools/../../build/toolchains/kotlin}
part=$target.part

not_here() {
    echo "kotlin: cannot be set up here: $1" >&2
    exit 77
}

inputs=$(cat "${BASH_SOURCE[0]}" "$tools"/ort_jvm/* | sha256sum | cut -d ' ' -f 1)
ready() { [ "$(cat "$target/stamp" 2>/dev/null)" = "$inputs" ]; }

ready && exit 0
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || not_here "this is not Linux on x86-64; use Android Studio or Gradle"
for tool in npm apt-get dpkg-deb javac cc unzip flock; do
    command -v "$tool" >/dev/null || not_here "no $tool; use Android Studio or Gradle, or install it"
done
mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9 # another call may be at it
ready && exit 0
if [ -e "$target" ] && [ ! -f "$target/stamp" ]; then
    echo "kotlin: $target is there already and was not made by this script: name another folder" >&2
    exit 2
fi
echo "kotlin: setting up the Kotlin toolchain in $target, once ..." >&2
rm -rf "$part" "$target"
mkdir -p "$part/debian" "$part/junit" "$part/onnxruntime"

npm install --silent --no-audit --no-fund --prefix "$part" "kotlin-compiler@$KOTLIN" >/dev/null

(cd "$part/debian" && { apt-get -qq download "${JUNIT[@]}" || { apt-get -qq update && apt-get -qq download "${JUNIT[@]}"; }; }) 2>/dev/null
for package in "$part"/debian/*.deb; do dpkg-deb -x "$package" "$part/debian"; done
find "$part/debian/usr/share/java" -name '*.jar' -type f ! -name '*standalone*' ! -name '*vintage*' ! -name '*suite*' \
    ! -name '*runner*' ! -name '*migrationsupport*' ! -name 'picocli-*-*' -exec mv -t "$part/junit" {} +
rm -r "$part/debian"

(cd "$part/onnxruntime" && npm pack --silent "$ONNXRUNTIME_PACKAGE@$ONNXRUNTIME_PACKAGE_VERSION" >/dev/null &&
    tar -xzf ./*.tgz --strip-components=2 package/Plugins/Android/onnxruntime.aar package/Plugins/Linux/x64/libonnxruntime.so &&
    unzip -qo Android/onnxruntime.aar classes.jar 'headers/*' jni/x86_64/libonnxruntime4j_jni.so &&
    mv jni/x86_64/libonnxruntime4j_jni.so Linux/x64/libonnxruntime.so . && rm -r ./*.tgz Android Linux jni)
mv "$part/onnxruntime/libonnxruntime.so" "$part/onnxruntime/libonnxruntime_linux.so"
bash "$tools/ort_jvm/build.sh" "$part/onnxruntime"

echo "$inputs" >"$part/stamp"
mv "$part" "$target"
