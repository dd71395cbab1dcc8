# Debian packages and the Swift toolchain: what is missing, why it is needed, and its installation.
# Sourced by ./run and ./test, which stand in the repository's root.

if [ -t 2 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

say() { printf '%s%s%s\n' "$bold" "$*" "$plain" >&2; }

# Stops with a sentence if no Swift 6.3 or newer is on the PATH.
require_swift() {
  local version
  if ! command -v swift >/dev/null; then
    say "Swift is not on the PATH. Stoa needs Swift 6.3 or newer: https://www.swift.org/install/linux/"
    exit 1
  fi
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  if ! printf '6.3\n%s\n' "$version" | sort -VC; then
    say "Swift $version is on the PATH; Stoa needs 6.3 or newer: https://www.swift.org/install/linux/"
    exit 1
  fi
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# require_packages LIST: installs what is missing of the lines `package | command | reason`.
#
# A command that is already on the PATH counts as its package (a Node that is not Debian's, say).
# Returns 1 if something could not be installed; what it was has been said then.
require_packages() {
  local package command reason missing=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is no Debian: install what the lists in scripts/ name by hand. Going on without a check."
    return 0
  fi
  while IFS='|' read -r package command reason; do
    package=${package//[[:space:]]/} command=${command//[[:space:]]/}
    [ -n "$package" ] || continue
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    is_installed "$package" && continue
    say "Missing Debian package $package:$reason"
    missing+=("$package")
  done <<<"$1"
  [ ${#missing[@]} -eq 0 ] && return 0

  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "Neither root nor sudo. Have these installed: ${missing[*]}"
      return 1
    fi
    root=(sudo)
  fi
  say "Installing: ${missing[*]}"
  "${root[@]}" apt-get update -q >&2 </dev/null || true
  if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 </dev/null
  then
    say "Could not install: ${missing[*]}"
    return 1
  fi
}

# What ./run needs to build and to serve.
run_packages='
git              | git  | Swift packages are fetched with it
ca-certificates  |      | fetching Swift packages over HTTPS
libsqlite3-dev   |      | rooms, sessions and participants are kept in SQLite
libavcodec-dev   |      | recordings and streams are encoded with it
libavformat-dev  |      | recordings and streams are written with it
libswscale-dev   |      | pictures are scaled with it
libswresample-dev|      | sound is resampled with it
libopus-dev      |      | sound of calls is decoded with it
libpango1.0-dev  |      | names on composed pictures are drawn with it
fonts-inter      |      | the typeface of composed pictures
fonts-dejavu-core|      | letters that the first typeface lacks, Arabic and Hebrew among them
fonts-wqy-microhei|     | names in Chinese, Japanese and Korean, in 5 MB
fonts-noto-color-emoji| | emoji in names
fonts-lohit-deva |      | names in Devanagari
fonts-lohit-beng-bengali|| names in Bengali
fonts-lohit-gujr |      | names in Gujarati
fonts-lohit-guru |      | names in Gurmukhi
fonts-lohit-knda |      | names in Kannada
fonts-lohit-mlym |      | names in Malayalam
fonts-lohit-taml |      | names in Tamil
fonts-lohit-telu |      | names in Telugu
fonts-tlwg-loma-ttf|    | names in Thai
nodejs           | node | the build of the web code
esbuild          | esbuild | bundles the JavaScript SDK and the meeting page
node-typescript  | tsc  | checks the types of the web code
'

# What ./test needs beyond that.
test_packages='
libsrtp2-dev     |          | the independent SRTP implementation that ours is tested against
python3          |          | drives the end-to-end tests
python3-venv     |          | keeps the Python packages of those tests apart
chromium         | chromium | the browser of the end-to-end tests
firefox-esr      | firefox-esr | the second browser of the end-to-end tests
iproute2         | ip       | the network of the end-to-end tests
ffmpeg           | ffmpeg   | looks into recordings, independently of what wrote them
nginx            | nginx    | the RTMP server that broadcasts are tested with
libnginx-mod-rtmp |         | its part for RTMP
'
