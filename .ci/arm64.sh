#!/usr/bin/env bash
# .ci/arm64.sh [FOLDER]   makes FOLDER/python (default build/arm64/python): Python 3.11 for 64-bit ARM, run by an emulator,
# with the runtimes that phones use, ONNX Runtime and LiteRT, in the versions of constraints.txt. Once: about 20 s and
# 270 MB; a stamp remembers it until this script or those versions change. Nothing outside FOLDER is touched.
#
# What comes out is right to the bit and 40 to 200 times too slow: it says nothing about a phone's speed.
# Needs Debian's apt-get and a Python with pip (PYTHON, default python3). DEBIAN_MIRROR replaces the mirror that this
# machine's own apt uses. QEMU_CPU, when FOLDER/python runs, is the processor to be (default cortex-a76).
#
# Exit status: 0 ready, or not needed on a machine that is ARM64 itself; 77 it cannot be had on this kind of machine;
# anything else: it failed, and the next call begins anew.
set -euo pipefail

EMULATOR_SUITE=trixie # the emulator of bookworm, QEMU 7.2, crashes in ONNX Runtime
SYSTEM_SUITE=bookworm # its Python is 3.11, the oldest that this project supports
SYSTEM_PACKAGES=(python3.11 libstdc++6 libgomp1)
WHEELS=(numpy pillow onnxruntime ai-edge-litert) # and what they ask for
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${1:-$repository/build/arm64}
part=$target.part
python=${PYTHON:-python3}

not_here() {
    echo "arm64: cannot be set up here: $1" >&2
    exit 77
}

case $(uname -m) in
    aarch64 | arm64)
        echo "arm64: this machine is ARM64 itself, no emulator is needed"
        exit 0
        ;;
esac
for tool in apt-get dpkg-deb flock; do
    command -v "$tool" >/dev/null || not_here "no $tool: it takes a Debian machine (or container)"
done
[ -r "$KEYRING" ] || not_here "no $KEYRING: install debian-archive-keyring"

# The archive that this machine's apt uses for its own release, without security updates and other people's packages.
debian_mirror() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | awk -v suite="$codename" '$2 == suite && $1 ~ /\/debian\/?$/ { print $1; exit }'
}

# private_apt FOLDER SUITE ARCHITECTURE: an apt of FOLDER's own, configured in FOLDER/apt.conf, with fresh lists
private_apt() {
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/files"
    : >"$1/status"
    echo "deb [signed-by=$KEYRING] $mirror $2 main" >"$1/sources.list"
    cat >"$1/apt.conf" <<CONF
APT { Architecture "$3"; Architectures { "$3"; }; Install-Recommends "false"; Sandbox::User "root"; };
Acquire { Languages "none"; Retries "3"; };
Dir { State { lists "$1/lists"; status "$1/status"; }; Cache "$1/cache"; };
Dir::Etc { sourcelist "$1/sources.list"; sourceparts "/dev/null"; };
CONF
    APT_CONFIG=$1/apt.conf apt-get -qq update
}

# unpack FOLDER: every package that lies in FOLDER/cache, into FOLDER/files; no maintainer's script runs
unpack() {
    find "$1/cache" -name '*.deb' -print0 | while IFS= read -r -d '' package; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner --skip-old-files -C "$1/files"
    done
}

set_up_emulator() {
    private_apt "$part/emulator" "$EMULATOR_SUITE" "$(dpkg --print-architecture)"
    (cd "$part/emulator/cache" && APT_CONFIG=$part/emulator/apt.conf apt-get -qq download qemu-user)
    unpack "$part/emulator"
    mv "$part/emulator/files/usr/bin/qemu-aarch64" "$part/"
    rm -r "$part/emulator"
}

set_up_system() {
    private_apt "$part/system" "$SYSTEM_SUITE" arm64
    APT_CONFIG=$part/system/apt.conf apt-get -qq -y --download-only install "${SYSTEM_PACKAGES[@]}" >/dev/null
    unpack "$part/system"
    mv "$part/system/files" "$part/sysroot"
    rm -r "$part/system"
}

set_up_wheels() {
    local platforms=() minor
    for minor in $(seq 17 36); do # 2.36 is the C library of SYSTEM_SUITE
        platforms=(--platform "manylinux_2_${minor}_aarch64" "${platforms[@]}")
    done
    "$python" -m pip install --quiet --disable-pip-version-check --no-compile --target "$part/site" \
        --python-version 3.11 --implementation cp --only-binary :all: "${platforms[@]}" --platform manylinux2014_aarch64 \
        --constraint "$repository/constraints.txt" "${WHEELS[@]}"
}

write_launcher() {
    cat >"$part/python" <<'LAUNCHER'
#!/bin/sh
# Python 3.11 on 64-bit ARM under emulation. Made by .ci/arm64.sh.
here=$(cd "$(dirname "$0")" && pwd)
path=$here/site${PYTHONPATH:+:$PYTHONPATH}
exec "$here/qemu-aarch64" -cpu "${QEMU_CPU:-cortex-a76}" -L "$here/sysroot" \
    -E PYTHONPATH="$path" -E PYTHONNOUSERSITE=1 -E ORT_DISABLE_TELEMETRY=1 "$here/sysroot/usr/bin/python3.11" "$@"
LAUNCHER
    chmod +x "$part/python"
    PYTHONPATH='' "$part/python" -c 'import numpy, PIL, onnxruntime, ai_edge_litert.interpreter, platform
assert platform.machine() == "aarch64"'
}

inputs=$(cat "${BASH_SOURCE[0]}" "$repository/constraints.txt" | sha256sum | cut -d ' ' -f 1)
ready() { [ -x "$target/python" ] && [ "$(cat "$target/stamp" 2>/dev/null)" = "$inputs" ]; }

ready && exit 0
mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9 # another call may be at it
ready && exit 0
if [ -e "$target" ] && [ ! -f "$target/stamp" ]; then
    echo "arm64: $target is there already and was not made by this script: name another folder" >&2
    exit 2
fi
mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
[ -n "$mirror" ] || not_here "this machine's apt names no Debian archive: set DEBIAN_MIRROR"
echo "arm64: setting up an emulated ARM64 Python in $target, once ..."
rm -rf "$part" "$target"
mkdir -p "$part"
set_up_emulator
set_up_system
set_up_wheels
write_launcher
echo "$inputs" >"$part/stamp"
mv "$part" "$target"
