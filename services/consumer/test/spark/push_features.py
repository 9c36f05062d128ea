"""Pushes rows as a user's job does: real Spark, and the published push client.

stdin: one JSON object with `job` (url, id, token), `brokers`, `topic`, `jars` and `pushes`; each push has `columns`
(name and Spark type), `rows` (64-bit numbers as text), `partitions`, `intraBatchSize` and `kafkaBatches`.
stdout: one JSON list with `messages` and `rows` of each push, or its `error`.
"""

import json
import sys
from decimal import Decimal

from pyspark.sql import SparkSession
from spark_feature_push_client import OnlineFeatureStorePyClient

FROM_JSON = {"bigint": int, "decimal(20,0)": Decimal, "float": float, "double": float}


def to_spark(value, spark_type):
    """JSON knows neither 64-bit integers nor the difference between 2 and 2.0."""
    if value is None:
        return None
    if spark_type.startswith("array<"):
        element_type = spark_type[len("array<") : -1]
        return [to_spark(element, element_type) for element in value]
    return FROM_JSON.get(spark_type, lambda same: same)(value)


def source_frame(spark, push):
    columns = push["columns"]
    ddl = ", ".join(f"`{column['name']}` {column['type']}" for column in columns)
    types = [column["type"] for column in columns]
    rows = [tuple(map(to_spark, row, types)) for row in push["rows"]]
    return spark.createDataFrame(rows, ddl).repartition(push["partitions"])


def renamed(frame, client):
    """What the published notebook does between reading a source and making messages."""
    sources, _, keys = client.get_features_details()
    [[_, _, features]] = sources
    return frame.select(*keys, *(frame[column].alias(new) for column, new in features))


def push_rows(spark, client, push, brokers, topic):
    frame = renamed(source_frame(spark, push), client)
    messages = client.generate_df_with_protobuf_messages(frame, push["intraBatchSize"]).persist()
    count = messages.count()
    client.write_protobuf_df_to_kafka(
        messages, brokers, topic, kafka_num_batches=push["kafkaBatches"]
    )
    return {"messages": count, "rows": frame.count()}


def main():
    task = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr  # the client prints
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.memory", "512m")
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.jars", ",".join(task["jars"]))
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    job = task["job"]
    client = OnlineFeatureStorePyClient(job["url"], job["id"], job["token"])
    answers = []
    for push in task["pushes"]:
        try:
            answers.append(push_rows(spark, client, push, task["brokers"], task["topic"]))
        except Exception as error:  # whatever a job dies of is the answer
            answers.append({"error": str(error)})
    spark.stop()
    json.dump(answers, out)


main()
