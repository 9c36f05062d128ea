"""Asks a control plane what a job feeds, by means of the published push client.

arguments: the mapping's url, the job's id and token
stdout: one JSON object with what the client makes of the answer, or its `error`
"""

import contextlib
import json
import sys

from spark_feature_push_client import OnlineFeatureStorePyClient

url, job_id, token = sys.argv[1:]
try:
    # The client prints what it gets.
    with contextlib.redirect_stdout(sys.stderr):
        client = OnlineFeatureStorePyClient(url, job_id, token)
    sources, defaults, keys = client.get_features_details()
    answer = {
        "entity": client.entity_label,
        "sources": sources,
        "defaults": defaults,
        "keys": keys,
        "types": client.get_offline_col_to_datatype_map(),
    }
except AssertionError as error:
    answer = {"error": str(error)}
json.dump(answer, sys.stdout)
