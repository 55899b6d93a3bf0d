# Sourced by check_app.sh. An APK of what can be built without Google's repository: the runtime, the ONNX engine with
# ONNX Runtime's arm64 libraries, logic, the bundle "mobile", the app's own resources in both languages, PlainActivity.
# It holds no Compose screen, no LiteRT, no AndroidX, nothing of stubs/. Signed with a key made for this build alone.
apk=$work/amirnet-plain.apk
rm -rf "$work/dex" "$work/apk"
mkdir -p "$work/dex" "$work/apk/lib/arm64-v8a"
jar --create --file "$work/plain-classes.jar" -C "$built/plain" . -C "$built/logic" . -C "$built/engines" . \
    -C "$built/runtime" . -C "$work/plain-r" .
python3 "$tools/plain_app/unseal.py" "$work/plain-classes.jar" "$work/plain-unsealed.jar"
java -cp "$sdk/d8.jar" com.android.tools.r8.D8 --release --min-api 26 --lib "$sdk/android.jar" --output "$work/dex" \
    "$work/plain-unsealed.jar" "$kotlin/lib/kotlin-stdlib.jar" "$kotlin/lib/kotlinx-coroutines-core-jvm.jar" \
    "$sdk/onnxruntime/classes.jar" >"$work/d8.txt" 2>&1 || { cat "$work/d8.txt" >&2; exit 1; }
cp "$sdk"/onnxruntime/jni/arm64-v8a/*.so "$work/apk/lib/arm64-v8a/"
cp "$work/plain.apk" "$work/unaligned.apk"
python3 - "$work/unaligned.apk" "$work/dex" "$work/apk" <<'END'
"""Puts classes into the package packed, libraries stored, so that the system can map them."""
import sys, zipfile
from pathlib import Path
apk, dex, libraries = map(Path, sys.argv[1:])
with zipfile.ZipFile(apk, "a", zipfile.ZIP_DEFLATED) as package:
    for folder, how in ((dex, zipfile.ZIP_DEFLATED), (libraries, zipfile.ZIP_STORED)):
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            package.write(file, file.relative_to(folder).as_posix(), how)
END
root=$sdk/root
debian=$root/usr/lib/x86_64-linux-gnu # older Debians keep some of them right below usr/lib
LD_LIBRARY_PATH=$debian/android:$root/usr/lib/p7zip:$root/lib:$debian:$root/usr/lib \
    "$root/usr/lib/android-sdk/build-tools/debian/zipalign" -f -p 4 "$work/unaligned.apk" "$apk"
[ -f "$work/key.p12" ] || keytool -genkeypair -keystore "$work/key.p12" -storetype PKCS12 -storepass amirnet \
    -alias check -keyalg RSA -keysize 2048 -validity 10000 -dname CN=amirnet-check >/dev/null 2>&1
signer() {
    java -cp "$root/usr/share/java/apksigner.jar:$root/usr/share/java/apksig.jar" \
        com.android.apksigner.ApkSignerTool "$@"
}
signer sign --ks "$work/key.p12" --ks-pass pass:amirnet --min-sdk-version 26 "$apk"
signer verify --verbose --min-sdk-version 26 "$apk" >"$work/verified.txt"
grep -q '^Verifies' "$work/verified.txt"
say "$(basename "$apk"): $(stat -c %s "$apk") bytes, signed and verified"
