#!/usr/bin/env bash
# Checks that Swift and the system libraries are there; installs missing libraries where that is
# allowed (root, or sudo without a password), and otherwise says which command to run.
set -euo pipefail

swift_version_min="6.3"
# What pkg-config calls a library, and the Debian package that brings it.
libraries=(sqlite3:libsqlite3-dev libzmq:libzmq3-dev libsodium:libsodium-dev)

fail() {
    printf 'deps: %s\n' "$*" >&2
    exit 1
}

check_swift() {
    command -v swift >/dev/null ||
        fail "swift is not on PATH; Swift $swift_version_min or newer is needed (https://www.swift.org/install/linux/)"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ -n $version ]] || fail "cannot tell the version of $(command -v swift)"
    [[ $(printf '%s\n' "$swift_version_min" "$version" | sort -V | head -n 1) == "$swift_version_min" ]] ||
        fail "Swift $version is too old; $swift_version_min or newer is needed (https://www.swift.org/install/linux/)"
}

# Fills `missing` with the packages that are not there.
find_missing() {
    missing=()
    if ! command -v pkg-config >/dev/null; then
        missing+=(pkg-config)
    fi
    local entry
    for entry in "${libraries[@]}"; do
        # Without pkg-config nothing can be asked; apt-get leaves alone what is installed.
        if ! pkg-config --exists "${entry%%:*}" 2>/dev/null; then
            missing+=("${entry#*:}")
        fi
    done
    # Times in named zones need the zone data.
    if [[ ! -e /usr/share/zoneinfo/Asia/Shanghai ]]; then
        missing+=(tzdata)
    fi
}

install_missing() {
    local as_root=()
    if [[ $(id -u) -ne 0 ]]; then
        if ! { command -v sudo && sudo -n true; } >/dev/null 2>&1; then
            fail "missing: ${missing[*]}
On Debian or Ubuntu run:
    sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}
then start make again."
        fi
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null ||
        fail "missing: ${missing[*]} (Debian names), and there is no apt-get; install them with your package manager"
    printf 'deps: installing %s\n' "${missing[*]}" >&2
    "${as_root[@]}" apt-get update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}"
}

check_swift
find_missing
if [[ ${#missing[@]} -gt 0 ]]; then
    install_missing
    find_missing
    [[ ${#missing[@]} -eq 0 ]] || fail "still missing after the installation: ${missing[*]}"
fi
