#!/bin/sh
# Prints the path of a Python virtual environment that holds PySpark, making it on first use.
#
#   venv="$(tools/pyspark.sh)"
#   "$venv/bin/python" -c 'import pyspark'
#
# PySpark brings Spark itself along (0.5 GB in all); Java is for you to install. It comes as source
# only, of which pip would keep a copy of 0.3 GB.
set -eu
exec "$(dirname "$0")/python-environment.sh" pyspark pyspark 3.5.3 pyspark 8 11 --no-cache-dir
