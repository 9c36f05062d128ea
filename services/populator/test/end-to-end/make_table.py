"""Makes versions of a Delta table with the `deltalake` package, and tells what that package itself reads then.

argument: location of the table, such as `s3://bucket/table`
stdin: one JSON object with `phase` (`first`: the table and its first versions; `second`: those after them) and `storage`, the
options of the object storage
stdout: one JSON object with `version`, the latest, and `rows`, all of them, each in the exact form of `exact_json`
"""

import datetime as dt
import json
import sys
from decimal import Decimal

import pyarrow as pa
from arrow_json import rows_of
from deltalake import DeltaTable, write_deltalake

UTC = dt.timezone.utc
REGIONS = ["north", "a b/ü=%", None, "1"]
PARTITIONS = ["region", "day"]

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("seq", pa.int64()),
        ("tiny", pa.int8()),
        ("small", pa.int16()),
        ("mid", pa.int32()),
        ("wide", pa.int64()),
        ("single", pa.float32()),
        ("double", pa.float64()),
        ("flag", pa.bool_()),
        ("name", pa.string()),
        ("price", pa.decimal128(20, 4)),
        ("whole", pa.decimal128(38, 0)),
        ("at", pa.timestamp("us", "UTC")),
        ("local", pa.timestamp("us")),
        ("born", pa.date32()),
        ("raw", pa.binary()),
        ("vec", pa.list_(pa.float32())),
        ("words", pa.list_(pa.string())),
        ("region", pa.string()),
        ("day", pa.date32()),
    ]
)

FIRST = dt.datetime(1969, 12, 31, 23, 59, 58)
STEP = dt.timedelta(days=1234, microseconds=1_000_001)


def values(n, salt):
    """All columns of row n but its keys and partitions; extremes in some rows."""
    sign = 1 if n % 2 else -1
    extreme = n % 7 == 0
    return {
        "tiny": -128 if extreme else n % 100,
        "small": 32767 if extreme else n * sign,
        "mid": -(2**31) if extreme else n * 1000 + salt,
        "wide": sign * (2**63 - 1) if extreme else n * 10**12 + salt,
        "single": 1.1 * n + salt,
        "double": 5e-324 if extreme else 0.1 * n * sign + salt,
        "flag": n % 3 == 0,
        "name": f"ü\"\\\n日本 {n}.{salt}" if n % 2 else "",
        "price": Decimal(sign * (n * 10**10 + salt)).scaleb(-4),
        "whole": Decimal(sign * (10**37 + n * 7 + salt)),
        "at": (FIRST + n * STEP).replace(tzinfo=UTC),
        "local": FIRST + n * STEP,
        "born": (FIRST + n * STEP).date(),
        "raw": bytes([0, 255, n % 256, salt % 256]),
        "vec": [n / 8, -salt / 4, 1e-30],
        "words": [f"w{n}", "", f"é,\"{salt}"],
    }


def row(n, salt=0):
    """Some rows have nothing but keys, and some only every other value."""
    kept = values(n, salt)
    if n % 10 == 9:
        kept = {}
    elif n % 5 == 4:
        kept = {name: value for index, (name, value) in enumerate(kept.items()) if index % 2 == 0}
    keys = {"id": f"key-{n // 3}", "seq": (2**53 + 1) * (n % 3)}
    return {**keys, **kept, "region": REGIONS[n % 4], "day": dt.date(2024, 2, 28 + n % 2)}


def rows(*ns, salt=0):
    return pa.Table.from_pylist([row(n, salt) for n in ns], schema=SCHEMA)


def merge(table, source):
    merging = table.merge(source, predicate="t.id = s.id and t.seq = s.seq", source_alias="s", target_alias="t")
    merging.when_matched_update_all().when_not_matched_insert_all().execute()


def first(location, storage):
    for version in range(11):
        ns = range(version * 12, version * 12 + 12)
        write_deltalake(location, rows(*ns), mode="append", partition_by=PARTITIONS, storage_options=storage)
    table = DeltaTable(location, storage_options=storage)
    table.create_checkpoint()
    table.update(predicate="seq = 0 and flag", new_values={"mid": "77", "name": "'updated'", "price": "1.5"})
    table.delete("id = 'key-2'")
    table.optimize.compact()
    merge(table, rows(0, 1, 2, 132, 133, salt=3))


def second(location, storage):
    write_deltalake(location, rows(*range(140, 160)), mode="append", storage_options=storage)
    table = DeltaTable(location, storage_options=storage)
    table.update(predicate="id = 'key-5'", new_values={"double": "0.25", "tiny": "7"})
    table.delete("id in ('key-7', 'key-8')")
    merge(table, rows(21, 22, 23, 30, 170, salt=5))
    table.optimize.compact()


def main():
    [location] = sys.argv[1:]
    task = json.load(sys.stdin)
    {"first": first, "second": second}[task["phase"]](location, task["storage"])
    table = DeltaTable(location, storage_options=task["storage"])
    json.dump({"version": table.version(), "rows": rows_of(table.to_pyarrow_table())}, sys.stdout)


main()
