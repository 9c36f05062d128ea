"""Drives the published Python client: one JSON request on stdin, one JSON answer on stdout.

Request: {address, caller, token, cases: [{persist, retrieve}]}, each with the arguments of the client's methods.
Answer: a list of {persist, retrieve, decoded}, as the client returned them, raw columns in hex.
"""

import json
import sys

import grpc_feature_client.client as published
from grpc_feature_client import GRPCClientConfig, GRPCFeatureClient

# The release's two header names are upper case, which the gRPC runtime refuses to send. Callers lower them.
published.HEADER_CALLER_ID = published.HEADER_CALLER_ID.lower()
published.HEADER_CALLER_TOKEN = published.HEADER_CALLER_TOKEN.lower()


def hexed(answer):
    for row in answer.get("rows", []):
        row["columns"] = [column.hex() for column in row["columns"]]
    return answer


def run(client, case):
    return {
        "persist": client.persist_features(**case["persist"]),
        "retrieve": hexed(client.retrieve_features(**case["retrieve"])),
        "decoded": client.retrieve_decoded_features(**case["retrieve"]),
    }


def main():
    request = json.load(sys.stdin)
    config = GRPCClientConfig(
        server_address=request["address"], job_id=request["caller"], job_token=request["token"]
    )
    with GRPCFeatureClient(config) as client:
        json.dump([run(client, case) for case in request["cases"]], sys.stdout, default=list)


if __name__ == "__main__":
    main()
