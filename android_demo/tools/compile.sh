# Sourced. Compiles the Kotlin modules with the toolchain of toolchain.sh, each into build/kotlin/NAME, and again only
# when its sources, or what it is compiled with, changed.
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
toolchain=$repository/build/toolchains/kotlin
built=$repository/build/kotlin
python=${PYTHON:-$repository/.venv/bin/python}

bash "$repository/android_demo/tools/toolchain.sh" "$toolchain"
kotlin=$toolchain/node_modules/kotlin-compiler
onnxruntime=$toolchain/onnxruntime
libraries=$kotlin/lib/kotlin-stdlib.jar:$kotlin/lib/kotlinx-coroutines-core-jvm.jar:$onnxruntime/classes.jar
junit=$(find "$toolchain/junit" -name '*.jar' | sort | paste -sd :)

# kotlin_compile NAME CLASSPATH FOLDER [OPTION...]: the sources of FOLDER into build/kotlin/NAME
kotlin_compile() {
    local name=$1 classpath=$2 folder=$3 sources inputs
    shift 3
    mapfile -t sources < <(find "$folder" -name '*.kt' | sort)
    inputs=$({ cat "$toolchain/stamp" "${BASH_SOURCE[0]}" "${sources[@]}"; echo "$@" "${sources[@]}"; upstream "$name"; } |
        sha256sum | cut -d ' ' -f 1)
    if [ "$(cat "$built/$name.stamp" 2>/dev/null)" = "$inputs" ]; then return; fi
    echo "kotlin: compiling $name ..." >&2
    rm -rf "${built:?}/$name" "$built/$name.stamp"
    bash "$kotlin/bin/kotlinc-jvm" -no-stdlib -no-reflect -jvm-target 17 -progressive -Werror -Wextra \
        -module-name "amirnet_$name" -cp "$classpath" "$@" -d "$built/$name" "${sources[@]}"
    echo "$inputs" >"$built/$name.stamp"
}

# The stamps of what is compiled before NAME.
upstream() {
    case $1 in
        engines | runtime-test) cat "$built/runtime.stamp" ;;
        engines-test) cat "$built/runtime.stamp" "$built/engines.stamp" "$built/runtime-test.stamp" ;;
    esac
}

compile_modules() {
    mkdir -p "$built"
    kotlin_compile runtime "${libraries%:*}" "$repository/android_demo/runtime/src/main"
    kotlin_compile engines "$built/runtime:$libraries" "$repository/android_demo/engines/src/main"
}

compile_tests() {
    local classes=$built/runtime:$built/engines:$libraries:$junit
    kotlin_compile runtime-test "$classes" "$repository/android_demo/runtime/src/test" \
        -Xfriend-paths="$built/runtime"
    kotlin_compile engines-test "$built/runtime-test:$classes" "$repository/android_demo/engines/src/test" \
        -Xfriend-paths="$built/engines"
}

# What the Python SDK makes of the photos, into build/kotlin/expected.
restore_expected_photos() {
    ORT_DISABLE_TELEMETRY=1 "$python" "$repository/android_demo/tools/expected_photos.py" "$built/expected"
}

# run_java WORD...: Java with the modules, their tests and ONNX Runtime, whose Linux library is that of the package
# installed for PYTHON if there is one, and else the archive's own. ONNXRUNTIME_LIBRARY names another.
run_java() {
    LD_LIBRARY_PATH=$onnxruntime AMIRNET_ONNXRUNTIME=$(onnxruntime_library) ORT_DISABLE_TELEMETRY=1 \
        java ${JAVA_OPTIONS:-} -Xmx3g -Donnxruntime.native.path="$onnxruntime" -Damirnet.repository="$repository" \
        -cp "$built/runtime:$built/engines:$built/runtime-test:$built/engines-test:$libraries:$junit" "$@"
}

onnxruntime_library() {
    local found
    found=$("$python" -c 'import glob, importlib.util as u, os
place = os.path.dirname(u.find_spec("onnxruntime").origin)
print(*glob.glob(os.path.join(place, "capi", "libonnxruntime.so*"))[:1])' 2>/dev/null) || true
    echo "${ONNXRUNTIME_LIBRARY:-${found:-$onnxruntime/libonnxruntime_linux.so}}"
}
