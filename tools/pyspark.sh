#!/bin/sh
# Prints the path of a Python virtual environment that holds PySpark, making it on first use.
#
#   venv="$(tools/pyspark.sh)"
#   "$venv/bin/python" -c 'import pyspark'
#
# PySpark brings Spark itself along (0.5 GB in all); Java is for you to install. Kept and published
# like the environment of beam-python.sh: in the user's cache, complete or not at all, safe when
# two run at once.
set -eu

version=3.5.3
cache="${XDG_CACHE_HOME:-$HOME/.cache}/beamline"
venv="$cache/pyspark-$version"

if [ -x "$venv/bin/python" ]; then
  echo "$venv"
  exit 0
fi

fail() {
  echo "pyspark: $1" >&2
  exit 1
}

# PySpark $version serializes functions of CPython 3.8 to 3.11.
python=""
for candidate in python3.11 python3.10 python3.9 python3.8 python3; do
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 11))' \
    >/dev/null 2>&1; then
    python="$candidate"
    break
  fi
done
[ -n "$python" ] || fail "Cannot create the environment: no Python 3.8 to 3.11 with the venv module; install python3.11 and python3.11-venv"

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

# PySpark comes as source only, to be packed by setuptools; pip would keep a copy of 0.3 GB.
constraints="$build/constraints.txt"
echo "setuptools<81" >"$constraints"
PIP_CONSTRAINT="$constraints" "$build/bin/python" -m pip install \
  --quiet --disable-pip-version-check --no-input --no-cache-dir \
  "setuptools<81" wheel "pyspark==$version" >&2 9>&- \
  || fail "Cannot install pyspark $version: pip failed (see above); check the network and pip's settings, then run this again"
"$build/bin/python" -c 'import pyspark' >&2 9>&- \
  || fail "Cannot import pyspark $version after its installation (see above)"

# A dangling link is what remains of an environment that somebody deleted.
if [ -L "$venv" ] && [ ! -e "$venv" ]; then rm -f "$venv"; fi
if ln -sn "${build##*/}" "$venv" 2>/dev/null; then trap - EXIT; fi
[ -x "$venv/bin/python" ] || fail "Cannot publish the environment: $venv is in the way; remove it and run this again"
echo "$venv"
