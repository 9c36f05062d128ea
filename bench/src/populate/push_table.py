"""Reads the Parquet files of a table and pushes all rows to Kafka, with real Spark and the published push client.

stdin: a line with one JSON object: `job` (url, id, token), `jars`, `brokers`, `topic`, `path`, `rowsPerMessage`; then a line
that says when to begin
stdout: the lines `ready`, when Spark has started, and `done`
"""

import json
import sys

from pyspark.sql import SparkSession
from spark_feature_push_client import OnlineFeatureStorePyClient


def main():
    task = json.loads(sys.stdin.readline())
    out, sys.stdout = sys.stdout, sys.stderr  # the client prints
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.jars", ",".join(task["jars"]))
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    job = task["job"]
    client = OnlineFeatureStorePyClient(job["url"], job["id"], job["token"])
    sources, _, keys = client.get_features_details()
    [[_, _, features]] = sources
    print("ready", file=out, flush=True)
    sys.stdin.readline()
    frame = spark.read.parquet(f"{task['path']}/*.parquet")
    frame = frame.select(*keys, *(frame[column].alias(new) for column, new in features))
    messages = client.generate_df_with_protobuf_messages(frame, task["rowsPerMessage"])
    client.write_protobuf_df_to_kafka(messages, task["brokers"], task["topic"], kafka_num_batches=1)
    print("done", file=out, flush=True)
    spark.stop()


main()
