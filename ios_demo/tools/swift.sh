#!/usr/bin/env bash
# ios_demo/tools/swift.sh ARGUMENTS...   runs `swift ARGUMENTS...` in ios_demo, with ONNX Runtime's library and C header
# at hand where there are any. Where no Swift 6 is installed (SWIFT, default swift), on Debian x86-64 machines and as
# root, Swift 6.0 from Debian's archive is set up in build/toolchains/swift, once: a minute, 600 MB to load, 2.2 GB.
# It runs in there by chroot, in a mount namespace of its own; nothing outside that folder is touched. Do not delete the
# folder while something runs in it.
#
# PYTHON (default .venv/bin/python, else python3) is asked for ONNX Runtime's library: the one that the Python SDK runs.
# DEBIAN_MIRROR replaces the mirror that this machine's own apt uses.
#
# Exit status: swift's own; 77 where Swift cannot be had on this kind of machine.
set -euo pipefail

SUITE=trixie
PACKAGES=(swiftlang libc6-dev libstdc++-14-dev base-files bash dash coreutils)
HEADERS=libonnxruntime-dev # only its C header: the library is Python's
LEFT_OUT=(--exclude='./usr/libexec/swift/lib/swift_static' --exclude='./usr/libexec/swift/bin/lldb*'
    --exclude='./usr/libexec/swift/bin/sourcekit-lsp' --exclude='./usr/libexec/swift/bin/docc'
    --exclude='./usr/libexec/swift/bin/clangd' --exclude='./usr/share/doc' --exclude='./usr/share/locale')
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$repository/build/toolchains/swift
part=$target.part
python=${PYTHON:-$repository/.venv/bin/python}
[ -x "$python" ] || python=python3

not_here() {
    echo "swift: cannot be set up here: $1" >&2
    exit 77
}

# The folder of ONNX Runtime's own library, where Python has it; empty otherwise.
library_folder() {
    "$python" -c 'import importlib.util, pathlib
found = importlib.util.find_spec("onnxruntime")
print(pathlib.Path(found.origin).parent / "capi" if found else "")' 2>/dev/null || true
}

installed() {
    local swift=${SWIFT:-swift}
    command -v "$swift" >/dev/null && "$swift" --version 2>/dev/null | grep -Eq 'Swift version ([6-9]|[1-9][0-9])\.'
}

if installed; then # without AMIRNET_ONNXRUNTIME and ONNXRUNTIME_HEADERS of the caller's, what needs them is left out
    cd "$repository/ios_demo"
    exec "${SWIFT:-swift}" "$1" ${ONNXRUNTIME_HEADERS:+-Xcc "-I$ONNXRUNTIME_HEADERS"} "${@:2}"
fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || not_here "install Swift 6 (swift.org), or Xcode 16"
for tool in apt-get dpkg-deb flock unshare chroot; do
    command -v "$tool" >/dev/null || not_here "no $tool: install Swift 6 (swift.org)"
done
[ "$(id -u)" = 0 ] || not_here "it takes root's rights: install Swift 6 (swift.org)"
[ -r "$KEYRING" ] || not_here "no $KEYRING: install debian-archive-keyring"

# The archive that this machine's apt uses for its own release, without security updates and other people's packages.
debian_mirror() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    apt-get indextargets --format '$(REPO_URI) $(RELEASE)' |
        awk -v suite="$codename" '$2 == suite && $1 ~ /\/debian\/?$/ { print $1; exit }'
}

set_up() {
    local mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
    [ -n "$mirror" ] || not_here "this machine's apt names no Debian archive: set DEBIAN_MIRROR"
    echo "swift: setting up Swift 6 in $target, once ..." >&2
    rm -rf "$part" # nothing runs in there yet
    mkdir -p "$part/lists/partial" "$part/cache/archives/partial" "$part/root"
    : >"$part/status"
    echo "deb [signed-by=$KEYRING] $mirror $SUITE main" >"$part/sources.list"
    cat >"$part/apt.conf" <<CONF
APT { Architecture "amd64"; Architectures { "amd64"; }; Install-Recommends "false"; Sandbox::User "root"; };
Acquire { Languages "none"; Retries "3"; };
Dir { State { lists "$part/lists"; status "$part/status"; }; Cache "$part/cache"; };
Dir::Etc { sourcelist "$part/sources.list"; sourceparts "/dev/null"; };
CONF
    export APT_CONFIG=$part/apt.conf
    apt-get -qq update
    apt-get -qq -y --download-only install "${PACKAGES[@]}" >/dev/null
    (cd "$part/cache/archives" && apt-get -qq download "$HEADERS")
    unset APT_CONFIG
    find "$part/cache" -name '*.deb' -print0 | while IFS= read -r -d '' package; do # no maintainer's script runs
        dpkg-deb --fsys-tarfile "$package" | tar -x --no-same-owner --skip-old-files "${LEFT_OUT[@]}" -C "$part/root"
    done
    mkdir -p "$part/root/repository" "$part/root/onnxruntime" "$part/root/proc" "$part/root/dev"
    rm -rf "$part/cache" "$part/lists"
    echo "$SUITE ${PACKAGES[*]} $HEADERS" >"$part/stamp"
    mv "$part" "$target"
}

mkdir -p "$(dirname "$target")"
exec 9>"$target.lock"
flock 9 # another call may be at it
if [ ! -x "$target/root/usr/libexec/swift/bin/swiftc" ]; then
    [ ! -e "$target" ] || not_here "$target is there and was not made by this script: move it away"
    set_up
fi
flock -u 9

library=$(library_folder)
name=$(cd "${library:-/}" && ls libonnxruntime.so.* 2>/dev/null | head -n 1) || true
export target repository library name
# shellcheck disable=SC2016 # the inner shells expand these
exec unshare --mount bash -c '
    set -e
    root=$target/root
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount --bind "$repository" "$root/repository"
    [ -z "$name" ] || mount --bind "$library" "$root/onnxruntime"
    exec chroot "$root" env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/libexec/swift/bin:/usr/bin:/bin \
        ORT_DISABLE_TELEMETRY=1 ${name:+AMIRNET_ONNXRUNTIME=/onnxruntime/$name} \
        sh -c "cd /repository/ios_demo && exec swift \"\$@\"" swift \
        "$1" ${name:+-Xcc -I/usr/include/onnxruntime} "${@:2}"
' swift "$@"
