#!/usr/bin/env bash
# Generates the Swift code of protocol/schema.
#
#   scripts/protocol.sh write    replaces Sources/Wire/Generated
#   scripts/protocol.sh check    fails if Sources/Wire/Generated is not what the schema gives
#
# The plug-in is built from the very version of swift-protobuf that the package resolves, so the
# generated code and the runtime library always fit.
set -euo pipefail
cd "$(dirname "$0")/.."

schema=protocol/schema
generated=Sources/Wire/Generated

command -v protoc >/dev/null || {
    echo "protocol: protoc is missing; on Debian run: apt-get install protobuf-compiler" >&2
    exit 1
}

# Writes the code of every schema file into the directory $1.
generate() {
    swift build --product protoc-gen-swift >&2
    local plugin
    plugin="$(swift build --show-bin-path)/protoc-gen-swift"
    find "$schema" -name '*.proto' -print0 | sort -z |
        xargs -0 protoc --proto_path="$schema" --plugin="$plugin" --swift_out="$1" \
            --swift_opt=Visibility=Package --swift_opt=FileNaming=DropPath
}

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
generate "$fresh"
case "${1:-}" in
write)
    mkdir -p "$generated"
    find "$generated" -name '*.pb.swift' -delete
    cp "$fresh"/*.pb.swift "$generated"/
    ;;
check)
    diff -ru --new-file "$generated" "$fresh" || {
        echo "protocol: $generated is not what $schema gives; run: make protocol" >&2
        exit 1
    }
    ;;
*)
    echo "usage: scripts/protocol.sh write|check" >&2
    exit 64
    ;;
esac
