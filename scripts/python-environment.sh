#!/usr/bin/env bash
# Makes the Python environment of the end-to-end tests and benchmarks, if it is not there, and
# prints its interpreter's path. Made anew when the requirements change.
#
# usage: scripts/python-environment.sh [REQUIREMENTS FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

requirements=${1:-Tests/EndToEnd/requirements.txt}
folder=${2:-.build-test-venv}
for base in /usr/bin/python3 "$(command -v python3 || true)"; do
  [ -x "$base" ] && "$base" -c 'import ensurepip, venv' 2>/dev/null && break
  base=
done
if [ -z "$base" ]; then
  echo "No Python 3 with venv: have the Debian package python3-venv installed" >&2
  exit 1
fi

key=$("$base" --version; cat "$requirements"; pwd)
if [ "$(cat "$folder/key" 2>/dev/null)" != "$key" ]; then
  echo "Installing the Python packages of $requirements into $folder" >&2
  rm -rf "$folder"
  "$base" -m venv "$folder" >&2
  "$folder/bin/python" -m pip install -q --disable-pip-version-check -r "$requirements" >&2
  echo "$key" >"$folder/key"
fi
echo "$PWD/$folder/bin/python"
