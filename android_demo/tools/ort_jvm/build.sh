#!/usr/bin/env bash
# build.sh FOLDER   builds, beside FOLDER's headers/ and libonnxruntime4j_jni.so, the four libraries that let this Java
# binding for Android run on Linux's JVM. FOLDER then goes to -Donnxruntime.native.path and to LD_LIBRARY_PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
version=$(sed -n 's/^.*VERS_\([0-9.]*\).*$/VERS_\1/p' <(strings "$folder/libonnxruntime4j_jni.so") | head -n 1)
echo "LIBC { };" >"$folder/libc.map"
echo "$version { global: Ort*; local: *; };" >"$folder/onnxruntime.map"
compile() { cc -shared -fPIC -O1 -fno-builtin -Wall -Wextra -Werror "$@"; }
for name in c m dl; do
    compile "-DLIB_$name" -o "$folder/lib$name.so" -Wl,-soname,"lib$name.so",--version-script="$folder/libc.map" \
        "$here/android_libc.c"
done
compile -I "$folder/headers" -o "$folder/libonnxruntime.so" \
    -Wl,-soname,libonnxruntime.so,--version-script="$folder/onnxruntime.map" "$here/onnxruntime.c" -ldl
