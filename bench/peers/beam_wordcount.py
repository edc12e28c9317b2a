"""WordCount with Beam Python: beam_wordcount.py --input FILE --output PREFIX [Beam's options].

Without --runner it runs on the DirectRunner.
"""

import argparse
import re

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

WORD = re.compile(r"[A-Za-z']+")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", required=True)
    parser.add_argument("--output", required=True)
    args, pipeline_args = parser.parse_known_args()
    options = PipelineOptions(["--runner=DirectRunner", *pipeline_args])
    with beam.Pipeline(options=options) as pipeline:
        (
            pipeline
            | "Read" >> beam.io.ReadFromText(args.input)
            | "Split" >> beam.FlatMap(WORD.findall)
            | "Count" >> beam.combiners.Count.PerElement()
            | "Format" >> beam.MapTuple(lambda word, count: f"{word}: {count}")
            | "Write" >> beam.io.WriteToText(args.output)
        )


if __name__ == "__main__":
    main()
