#!/usr/bin/env bash
# android_demo/tools/android_sdk.sh [FOLDER]   what checks the app and builds an APK where there is no Android Studio:
# Debian's android.jar (API 23: signatures only), aapt2 and the platform's resources (API 35), D8, zipalign, apksigner,
# ONNX Runtime's Android archive, and a description of the platform's API 21 to 37 that stubs are compared with. Into
# FOLDER (default build/toolchains/android), once: about 40 s and 450 MB; a stamp remembers it until this script
# changes.
#
# Needs npm, pip, Debian's apt-get and a JDK 17 on x86-64 Linux. zipalign and apksigner are Debian packages: they are
# unpacked into FOLDER too, nothing outside of it is touched.
# Exit status: 0 ready; 77 it cannot be had on this machine; anything else: it failed, the next call begins anew.
set -euo pipefail

MOBSF=4.4.0                # a wheel that holds bundletool (with D8) and apktool (with aapt2)
TYPES_ANDROID=9.1.1        # @nativescript/types-android: the platform's API as declarations
ONNXRUNTIME_PACKAGE=com.github.asus4.onnxruntime
ONNXRUNTIME_PACKAGE_VERSION=0.4.9 # of ONNX Runtime 1.29.0

target=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/toolchains/android}
part=$target.part

not_here() {
    echo "android: cannot be set up here: $1" >&2
    exit 77
}

inputs=$(sha256sum <"${BASH_SOURCE[0]}" | cut -d ' ' -f 1)
ready() { [ "$(cat "$target/stamp" 2>/dev/null)" = "$inputs" ]; }

ready && exit 0
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || not_here "this is not Linux on x86-64; use Android Studio"
for tool in npm python3 apt-get dpkg-deb javac unzip flock; do
    command -v "$tool" >/dev/null || not_here "no $tool; use Android Studio, or install it"
done
mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9 # another call may be at it
ready && exit 0
if [ -e "$target" ] && [ ! -f "$target/stamp" ]; then
    echo "android: $target is there already and was not made by this script: name another folder" >&2
    exit 2
fi
echo "android: setting up Android's tools in $target, once ..." >&2
rm -rf "$part" "$target"
mkdir -p "$part/debian"

# Debian packages unpacked, none installed. android.jar is in a suite that the host may not have: a private apt.
apt=$part/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
APT::Sandbox::User "root"; Acquire::Languages "none"; Dir::State::lists "$apt/lists"; Dir::State::status "$apt/status";
Dir::Cache "$apt/cache"; Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null";
END
APT_CONFIG=$apt/apt.conf apt-get -qq update
(cd "$part/debian" && APT_CONFIG=$apt/apt.conf apt-get -qq download libandroid-23-java)
tools=(zipalign apksigner libapksig-java libzopfli1 p7zip-full
    android-lib{backtrace,base,cutils,log,utils,ziparchive})
cd "$part/debian"
apt-get -qq download "${tools[@]}" 2>/dev/null || { apt-get -qq update && apt-get -qq download "${tools[@]}"; }
cd - >/dev/null
for package in "$part"/debian/*.deb; do dpkg-deb -x "$package" "$part/root"; done
rm -rf "$apt" "$part/debian"
mv "$part/root/usr/share/java/com.android.android-23.jar" "$part/android.jar"

mkdir "$part/wheel"
python3 -m pip download -q --disable-pip-version-check --no-deps -d "$part/wheel" "mobsf==$MOBSF"
unzip -qoj "$part"/wheel/mobsf-*.whl 'mobsf/StaticAnalyzer/tools/bundletool-all-*.jar' \
    'mobsf/StaticAnalyzer/tools/apktool_*.jar' -d "$part"
unzip -qoj "$part"/apktool_*.jar prebuilt/linux/aapt2_64 brut/androlib/android-framework.jar -d "$part"
chmod +x "$part/aapt2_64"
mv "$part"/bundletool-all-*.jar "$part/d8.jar"
rm -rf "$part/wheel" "$part"/apktool_*.jar

(cd "$part" && npm pack --silent "$ONNXRUNTIME_PACKAGE@$ONNXRUNTIME_PACKAGE_VERSION" >/dev/null &&
    tar -xzf ./*.tgz package/Plugins/Android/onnxruntime.aar && rm ./*.tgz &&
    unzip -qo package/Plugins/Android/onnxruntime.aar classes.jar 'jni/arm64-v8a/*' -d onnxruntime && rm -r package)
(cd "$part" && npm pack --silent "@nativescript/types-android@$TYPES_ANDROID" >/dev/null &&
    tar -xzf ./*.tgz --strip-components=3 package/lib/android/android-platform-37.d.ts && rm ./*.tgz)

echo "$inputs" >"$part/stamp"
mv "$part" "$target"
