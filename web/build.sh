#!/bin/sh
# Builds the web code into web/dist: the SDK (sdk/js-sdk.mjs, sdk/videosdk.js) and the player of HLS
# (sdk/hls-player.mjs), the page (index.html, app/), the page of viewers (watch/), the dashboard
# (dashboard/) and the page of the REST API (docs/). Does nothing when no source changed since the
# last build.
#
# Needs the Debian packages nodejs, esbuild and node-typescript.
set -eu
cd "$(dirname "$0")"

# Names, sizes and times of everything the outputs come from; deletions show too.
state() {
  find build.sh tsconfig.json packages apps -type f -not -path '*/tests/*' -printf '%p %s %T@\n' | LC_ALL=C sort
}

now=$(state | sha256sum)
if [ "${1:-}" != --force ] && [ -f dist/.built-from ] && [ "$(cat dist/.built-from)" = "$now" ]; then
  exit 0
fi

for tool in tsc esbuild; do
  if ! command -v $tool >/dev/null; then
    echo "web/build.sh: $tool is missing (apt-get install nodejs esbuild node-typescript)" >&2
    exit 1
  fi
done

tsc -p . &
check=$!

rm -rf dist.new
mkdir -p dist.new/sdk dist.new/app dist.new/watch dist.new/dashboard dist.new/docs
common="--bundle --target=es2020 --minify --sourcemap --legal-comments=none --charset=utf8 --log-level=warning"
sdk=packages/js-sdk/src
page=apps/prebuilt/src
dashboard=apps/dashboard/src
docs=apps/docs/src
esbuild $sdk/index.ts $common --format=esm --outfile=dist.new/sdk/js-sdk.mjs
esbuild $sdk/global.ts $common --format=iife --outfile=dist.new/sdk/videosdk.js
esbuild packages/hls-player/src/index.ts $common --format=esm --outfile=dist.new/sdk/hls-player.mjs
esbuild $page/main.ts $common --format=esm --alias:@stoa/js-sdk=/sdk/js-sdk.mjs --external:/sdk/js-sdk.mjs --outfile=dist.new/app/main.js
esbuild $page/style.css $common --outfile=dist.new/app/style.css
esbuild $page/watch/main.ts $common --format=esm --alias:@stoa/js-sdk=/sdk/js-sdk.mjs --external:/sdk/js-sdk.mjs --alias:@stoa/hls-player=/sdk/hls-player.mjs --external:/sdk/hls-player.mjs --outfile=dist.new/app/watch.js
esbuild $page/watch.css $common --outfile=dist.new/app/watch.css
esbuild $dashboard/main.ts $common --format=esm --alias:@stoa/hls-player=/sdk/hls-player.mjs --external:/sdk/hls-player.mjs --outfile=dist.new/dashboard/main.js
esbuild $dashboard/style.css $common --outfile=dist.new/dashboard/style.css
cp $dashboard/index.html dist.new/dashboard/index.html
esbuild $docs/main.ts $common --format=esm --outfile=dist.new/docs/main.js
esbuild $docs/style.css $common --outfile=dist.new/docs/style.css
cp $docs/index.html dist.new/docs/index.html
cp $page/index.html dist.new/index.html
cp $page/watch/index.html dist.new/watch/index.html
cp $page/icon.svg dist.new/app/icon.svg

if ! wait $check; then
  echo "web/build.sh: the type check failed" >&2
  exit 1
fi

rm -rf dist
mv dist.new dist
echo "$now" >dist/.built-from
