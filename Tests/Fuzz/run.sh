#!/bin/bash
# Fuzzes every parser of bytes from the network; see README.md.
# usage: run.sh [seconds-per-target=30] [folder|target...]
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out="$root/.build-fuzz"
seconds=${1:-30}
shift || true
wanted=" $* "
mkdir -p "$out" "$here/crashes"
export SWIFT_BACKTRACE=enable=no  # its handler hangs when a fuzzer binary crashes

build() {  # module
  local module=$1 sources
  if [ -x "$here/$module/build.sh" ]; then
    "$here/$module/build.sh" "$out/$module"
    return
  fi
  mapfile -t sources < <(find -L "$root/Sources/$module" "$here/$module" "$here/Entry.swift" \
    -name '*.swift' | sort)
  # Nothing to do if no source is newer than the binary.
  if [ -x "$out/$module" ] && [ -z "$(find -L "${sources[@]}" "$here/run.sh" -newer "$out/$module")" ]
  then return; fi
  swiftc -parse-as-library -O -wmo -swift-version 6 -sanitize=fuzzer,address -use-ld=lld \
    -enable-experimental-feature Lifetimes \
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility \
    -enable-upcoming-feature InternalImportsByDefault \
    -enable-upcoming-feature NonisolatedNonsendingByDefault \
    -module-name "${module}Fuzz" -suppress-warnings "${sources[@]}" -o "$out/$module"
}

wants() {  # name...: is one of them asked for, or nothing in particular?
  [ -z "${wanted// /}" ] && return
  local name
  for name in "$@"; do
    case "$wanted" in *" $name "*) return ;; esac
  done
  return 1
}

passed=0 failed=0 skipped=0 total=0
for folder in "$here"/*/; do
  module=$(basename "$folder")
  [ -d "$folder/corpus" ] || continue
  targets=("$folder"corpus/*/)
  targets=("${targets[@]%/}")
  targets=("${targets[@]##*/}")
  if ! wants "$module" "${targets[@]}"; then
    skipped=$((skipped + ${#targets[@]}))
    continue
  fi
  if ! build "$module"; then
    echo "FAIL $module does not build"
    failed=$((failed + 1))
    continue
  fi
  for target in "${targets[@]}"; do
    seeds="${folder}corpus/$target"
    if ! wants "$module" "$target"; then
      skipped=$((skipped + 1))
      continue
    fi
    found="$out/corpus/$target"  # what earlier runs found worth keeping
    mkdir -p "$found"
    options=()
    [ -f "$seeds/.options" ] && read -ra options < "$seeds/.options"
    log="$out/$target.log"
    STOA_FUZZ_TARGET=$target "$out/$module" "$found" "$seeds" \
      -max_total_time="$seconds" -timeout=20 -report_slow_units=20 -rss_limit_mb=2048 -max_len=1500 \
      -print_final_stats=1 -artifact_prefix="$here/crashes/$target-" "${options[@]}" \
      > "$log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
    total=$((total + ${runs:-0}))
    if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
      passed=$((passed + 1))
      printf 'ok   %-10s %12d executions\n' "$target" "$runs"
    else
      failed=$((failed + 1))
      printf 'FAIL %-10s status %d after %s executions\n' "$target" $status "${runs:-?}"
      grep -E 'Fatal error|ERROR:|Test unit written|SUMMARY' "$log" | head -5
    fi
  done
done
rmdir "$here/crashes" 2> /dev/null
echo "$total executions"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
