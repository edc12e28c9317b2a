#!/bin/sh
# Prints the path of a Python virtual environment that holds moto, which stands in for the AWS
# services that have no server of their own, making it on first use.
#
#   venv="$(tools/moto.sh)"
#   "$venv/bin/moto_server" --host 127.0.0.1 --port 5555
set -eu
exec "$(dirname "$0")/python-environment.sh" moto "moto[server]" 5.2.5 moto 10 12
