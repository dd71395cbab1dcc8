#!/bin/bash
# Builds the fuzzer of Media's ingest, which needs none of the C libraries that the rest of Media does.
# usage: build.sh BINARY
set -eu
binary=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$(dirname "$binary")/Media.build"
mkdir -p "$out"

mapfile -t wire < <(find -L "$root/Sources/Wire" -name '*.swift' | sort)
mapfile -t ingest < <(find -L "$root/Sources/Media/Ingest" "$here" "$here/../Entry.swift" \
  -name '*.swift' | sort)
if [ -x "$binary" ] && [ -z "$(find -L "${wire[@]}" "${ingest[@]}" "$0" -newer "$binary")" ]; then exit; fi
options=(
  -parse-as-library -O -wmo -swift-version 6 -sanitize=fuzzer,address -suppress-warnings
  -package-name stoa
  -enable-experimental-feature Lifetimes
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
  -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature NonisolatedNonsendingByDefault
)
swiftc "${options[@]}" -emit-module -emit-module-path "$out/Wire.swiftmodule" -module-name Wire \
  -c "${wire[@]}" -o "$out/Wire.o"
swiftc "${options[@]}" -use-ld=lld -module-name MediaFuzz -I "$out" \
  "${ingest[@]}" "$out/Wire.o" -o "$binary"
