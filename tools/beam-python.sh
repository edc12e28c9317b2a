#!/bin/sh
# Prints the path of a Python virtual environment that holds apache-beam, making it on first use.
#
#   venv="$(tools/beam-python.sh)"
#   "$venv/bin/python" -c 'import apache_beam'
#
# The environment lives in the user's cache and serves every checkout. Each run builds in a
# directory of its own and publishes it by creating one symbolic link, which either happens or
# does not: a run that was killed leaves nothing behind that looks finished, and of two runs at
# once one wins. Where `flock` exists the second waits for the first instead of downloading too.
set -eu

version=2.62.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/beamline"
venv="$cache/beam-python-$version"

if [ -x "$venv/bin/python" ]; then
  echo "$venv"
  exit 0
fi

fail() {
  echo "beam-python: $1" >&2
  exit 1
}

# apache-beam $version has wheels for CPython 3.9 to 3.12.
python=""
for candidate in python3.11 python3.12 python3.10 python3.9 python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 12))' \
    >/dev/null 2>&1; then
    python="$candidate"
    break
  fi
done
[ -n "$python" ] || fail "Cannot create the environment: no Python 3.9 to 3.12 with the venv module; install python3.11 and python3.11-venv"

mkdir -p "$cache"
if command -v flock >/dev/null 2>&1; then
  exec 9>"$venv.lock"
  flock 9
  if [ -x "$venv/bin/python" ]; then
    echo "$venv"
    exit 0
  fi
fi

build="$venv.$$"
trap 'rm -rf "$build"' EXIT
trap 'exit 1' HUP INT TERM
rm -rf "$build"
"$python" -m venv "$build" >&2

# Some of Beam's dependencies come as source only, and their setup.py want an older setuptools.
# A wheel is taken wherever there is one (grpcio would take long to compile).
constraints="$build/constraints.txt"
echo "setuptools<81" >"$constraints"
PIP_CONSTRAINT="$constraints" "$build/bin/python" -m pip install \
  --quiet --disable-pip-version-check --no-input --prefer-binary \
  "setuptools<81" wheel "apache-beam==$version" >&2 9>&- \
  || fail "Cannot install apache-beam $version: pip failed (see above); check the network and pip's settings, then run this again"
"$build/bin/python" -c 'import apache_beam' >&2 9>&- \
  || fail "Cannot import apache-beam $version after its installation (see above)"

# A dangling link is what remains of an environment that somebody deleted.
if [ -L "$venv" ] && [ ! -e "$venv" ]; then rm -f "$venv"; fi
if ln -sn "${build##*/}" "$venv" 2>/dev/null; then trap - EXIT; fi
[ -x "$venv/bin/python" ] || fail "Cannot publish the environment: $venv is in the way; remove it and run this again"
echo "$venv"
