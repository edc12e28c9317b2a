#!/bin/sh
# Prints the path of a Python virtual environment that holds apache-beam, making it on first use.
#
#   venv="$(tools/beam-python.sh)"
#   "$venv/bin/python" -c 'import apache_beam'
#
# A wheel is taken wherever there is one: grpcio would take long to compile.
set -eu
exec "$(dirname "$0")/python-environment.sh" \
  beam-python apache-beam 2.62.0 apache_beam 9 12 --prefer-binary
