#!/bin/bash
# Builds the fuzzer of RTC: like the others, and linked with BoringSSL as SwiftPM built it.
# usage: build.sh BINARY
set -eu
binary=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out="$(dirname "$binary")/RTC.build"
mkdir -p "$out"

boring=$(find "$root"/.build/*/{release,debug}/CNIOBoringSSL.build -maxdepth 0 2> /dev/null | head -1)
if [ -z "$boring" ]; then
  swift build --package-path "$root" --target RTC
  boring=$(find "$root"/.build/*/debug/CNIOBoringSSL.build -maxdepth 0 | head -1)
fi
headers=$(echo "$root"/.build/checkouts/swift-nio-ssl/Sources/CNIOBoringSSL/include)

mapfile -t wire < <(find -L "$root/Sources/Wire" -name '*.swift' | sort)
mapfile -t rtc < <(find -L "$root/Sources/RTC" "$here" "$here/../Entry.swift" -name '*.swift' | sort)
if [ -x "$binary" ] && [ -z "$(find -L "${wire[@]}" "${rtc[@]}" "$0" -newer "$binary")" ]; then exit; fi
options=(
  -parse-as-library -O -wmo -swift-version 6 -sanitize=fuzzer,address -suppress-warnings
  -enable-experimental-feature Lifetimes
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
  -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature NonisolatedNonsendingByDefault
)
swiftc "${options[@]}" -emit-module -emit-module-path "$out/Wire.swiftmodule" -module-name Wire \
  -c "${wire[@]}" -o "$out/Wire.o"
rm -f "$out/boring.a"
find "$boring" -name '*.o' -print0 | xargs -0 ar rcs "$out/boring.a"
swiftc "${options[@]}" -use-ld=lld -module-name RTCFuzz -I "$out" -I "$headers" \
  "${rtc[@]}" "$out/Wire.o" "$out/boring.a" -lstdc++ -o "$binary"
