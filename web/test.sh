#!/bin/sh
# Checks the types of the web code and runs its unit tests. The last line is
# `N passed, N failed, N skipped`; the exit status is that of the worst.
#
# Needs the Debian packages nodejs, esbuild and node-typescript.
set -u
cd "$(dirname "$0")"

for tool in node tsc esbuild; do
  if ! command -v $tool >/dev/null; then
    echo "web/test.sh: $tool is missing (apt-get install nodejs esbuild node-typescript)" >&2
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
  fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

tsc -p tsconfig.tests.json &
check=$!

bundled=0
esbuild packages/*/tests/*.test.ts apps/*/tests/*.test.ts --bundle --platform=node --format=cjs \
  --target=node18 --sourcemap=inline --log-level=error --outdir="$work" || bundled=1

passed=0 failed=0 skipped=0
if [ $bundled = 0 ]; then
  find "$work" -name '*.test.js' | sort |
    xargs node --enable-source-maps --test --test-reporter=tap >"$work/tap"
  status=$?
  count() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$work/tap" | tail -n 1; }
  passed=$(count pass) failed=$(count fail) skipped=$(count skipped)
  passed=${passed:-0} failed=${failed:-0} skipped=${skipped:-0}
  # A run that died without a summary is a failure too.
  if [ $status != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  if [ "$failed" != 0 ]; then cat "$work/tap"; fi
else
  failed=1
fi

if wait $check; then
  passed=$((passed + 1))
else
  echo "web/test.sh: the type check failed" >&2
  failed=$((failed + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
