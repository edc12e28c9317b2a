#!/bin/sh
# Prints the path of a Python virtual environment that holds one package, making it on first use.
#
#   python-environment.sh NAME PACKAGE VERSION MODULE LOWEST HIGHEST [PIP OPTION ...]
#
# NAME-VERSION is its folder in the user's cache, where it serves every checkout; MODULE is what is
# imported to see that it works; the package runs on CPython 3.LOWEST to 3.HIGHEST.
#
# Each run builds in a directory of its own and publishes it by creating one symbolic link, which
# either happens or does not: a run that was killed leaves nothing behind that looks finished, and of
# two runs at once one wins. Where `flock` exists the second waits for the first instead of
# downloading too.
set -eu

name=$1 package=$2 version=$3 module=$4 lowest=$5 highest=$6
shift 6
cache="${XDG_CACHE_HOME:-$HOME/.cache}/beamline"
venv="$cache/$name-$version"

if [ -x "$venv/bin/python" ]; then
  echo "$venv"
  exit 0
fi

fail() {
  echo "$name: $1" >&2
  exit 1
}

python=""
for candidate in python3.11 python3.12 python3.10 python3.9 python3.8 python3; do
  if "$candidate" -c "import sys, venv, ensurepip; sys.exit(not (3, $lowest) <= sys.version_info[:2] <= (3, $highest))" \
    >/dev/null 2>&1; then
    python="$candidate"
    break
  fi
done
[ -n "$python" ] || fail "Cannot create the environment: no Python 3.$lowest to 3.$highest with the venv module; install python3.11 and python3.11-venv"

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

# What comes as source only has a setup.py that wants an older setuptools.
constraints="$build/constraints.txt"
echo "setuptools<81" >"$constraints"
PIP_CONSTRAINT="$constraints" "$build/bin/python" -m pip install \
  --quiet --disable-pip-version-check --no-input "$@" \
  "setuptools<81" wheel "$package==$version" >&2 9>&- \
  || fail "Cannot install $package $version: pip failed (see above); check the network and pip's settings, then run this again"
"$build/bin/python" -c "import $module" >&2 9>&- \
  || fail "Cannot import $module $version after its installation (see above)"

# A dangling link is what remains of an environment that somebody deleted.
if [ -L "$venv" ] && [ ! -e "$venv" ]; then rm -f "$venv"; fi
if ln -sn "${build##*/}" "$venv" 2>/dev/null; then trap - EXIT; fi
[ -x "$venv/bin/python" ] || fail "Cannot publish the environment: $venv is in the way; remove it and run this again"
echo "$venv"
