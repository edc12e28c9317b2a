"""WordCount on PySpark `local[2]`, with DataFrames or RDDs.

pyspark_wordcount.py dataframe|rdd INPUT OUTPUT   starts Spark, runs the job, and ends
pyspark_wordcount.py serve                        prints host:port once Spark is up, and then runs
                                                  a job for each line `[KIND, INPUT, OUTPUT]` (JSON)
                                                  that a client sends, and answers with a line
"""

import json
import operator
import re
import socketserver
import sys
import traceback

from pyspark.sql import SparkSession, functions

WORD = re.compile(r"[A-Za-z']+")


def dataframe(spark, source, output):
    words = functions.expr("explode(regexp_extract_all(value, \"[A-Za-z']+\", 0))")
    counts = spark.read.text(source).select(words.alias("word")).groupBy("word").count()
    counts.select(functions.concat_ws(": ", "word", "count")).write.text(output)


def rdd(spark, source, output):
    lines = spark.sparkContext.textFile(source)
    counts = lines.flatMap(WORD.findall).map(lambda word: (word, 1)).reduceByKey(operator.add)
    counts.map(lambda pair: f"{pair[0]}: {pair[1]}").saveAsTextFile(output)


JOBS = {"dataframe": dataframe, "rdd": rdd}


def serve(spark):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            for line in self.rfile:
                kind, source, output = json.loads(line)
                try:
                    JOBS[kind](spark, source, output)
                    answer = "done"
                except Exception:
                    answer = traceback.format_exc()
                self.wfile.write((json.dumps(answer) + "\n").encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        host, port = server.server_address
        print(f"{host}:{port}", flush=True)
        server.serve_forever()


def main():
    kind, *paths = sys.argv[1:]
    spark = (
        SparkSession.builder.appName("wordcount")
        .master("local[2]")
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )
    if kind == "serve":
        serve(spark)
    JOBS[kind](spark, *paths)
    gateway = spark.sparkContext._gateway
    spark.stop()
    # Python would leave Java to end on its own, and what Java took would be nobody's.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


if __name__ == "__main__":
    main()
