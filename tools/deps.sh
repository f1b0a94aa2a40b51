#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing else.
#
#   tools/deps.sh [build|test]    what building needs, or what testing needs besides; both if
#                                 neither is named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(gcc libc6-dev cmake ninja-build pkg-config libevent-dev libssl-dev libpcre2-dev
    libjansson-dev)
# A second compiler with its fuzzer and formatter; libraries that tests link; what scripts call.
test=(git python3 binutils clang libclang-rt-dev clang-format libcriterion-dev librabbitmq-dev
    python3-pika openssl)

is_installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

find_missing()
{
    local package
    missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

install_missing()
{
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        echo "deps: packages are missing; as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    echo "deps: installing ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    as_root "${apt[@]}" update
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# What checks metrics. Debian has it in the package prometheus, which would run as a service, so
# only this program is taken from there. Without it that check is skipped: nothing else waits for it.
get_promtool()
{
    local folder done=false apt=(apt-get -qq -o DPkg::Lock::Timeout=120)
    if [ -x build/promtool ] || command -v promtool >/dev/null; then
        return
    fi
    echo 'deps: getting promtool'
    folder=$(mktemp -d)
    mkdir -p build
    if (cd "$folder" && { "${apt[@]}" download prometheus ||
        { as_root "${apt[@]}" update && "${apt[@]}" download prometheus; }; }) 2>/dev/null; then
        dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb |
            tar -xf - -C build --strip-components=3 ./usr/bin/promtool && done=true
    fi
    rm -rf "$folder"
    $done || echo 'deps: promtool cannot be had; the format of metrics is checked without it' >&2
}

case ${1:-all} in
    build) wanted=("${build[@]}") ;;
    test) wanted=("${test[@]}") ;;
    all) wanted=("${build[@]}" "${test[@]}") ;;
    *)
        echo 'usage: tools/deps.sh [build|test]' >&2
        exit 2
        ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "deps: not a Debian system; these must be there, by other names: ${wanted[*]}" >&2
    exit 0
fi
find_missing "${wanted[@]}"
if [ ${#missing[@]} -gt 0 ]; then
    install_missing
fi
if [ "${1:-all}" != build ]; then
    get_promtool
    interop/deps
fi
