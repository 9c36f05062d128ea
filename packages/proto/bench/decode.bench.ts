import { decodePersistQuery, persist, readRetrieveQuery, retrieve } from "@ofs/proto";
import { bench, do_not_optimize, group, run } from "mitata";

/** Two groups of ten features, a numeric key of ten digits: what an inference service sends. */
function retrieveQuery(keyCount: number): Buffer {
  const labels = Array.from({ length: 10 }, (_, i) => `feature_${i}`);
  return Buffer.from(
    retrieve.Query.encode({
      entityLabel: "user",
      featureGroups: ["profile", "activity"].map((label) => ({ label, featureLabels: labels })),
      keysSchema: ["user_id"],
      keys: Array.from({ length: keyCount }, (_, i) => ({ cols: [String(4_000_000_000 + i)] })),
    }).finish(),
  );
}

/** Rows of one group with 20 floats. */
function persistQuery(rowCount: number): Buffer {
  const fp32Values = Array.from({ length: 20 }, (_, i) => i / 3);
  return Buffer.from(
    persist.Query.encode({
      entityLabel: "user",
      keysSchema: ["user_id"],
      featureGroupSchema: [
        { label: "scores", featureLabels: fp32Values.map((_, i) => `feature_${i}`) },
      ],
      data: Array.from({ length: rowCount }, (_, i) => ({
        keyValues: [String(4_000_000_000 + i)],
        featureValues: [{ values: { fp32Values } }],
      })),
    }).finish(),
  );
}

for (const keyCount of [1, 10, 100]) {
  const bytes = retrieveQuery(keyCount);
  group(`retrieve.Query, ${keyCount} keys, ${bytes.length} bytes`, () => {
    bench("readRetrieveQuery, shape known", () => do_not_optimize(readRetrieveQuery(bytes)));
    bench("readRetrieveQuery and shape", () => do_not_optimize(readRetrieveQuery(bytes).shape()));
    bench("protobufjs", () => do_not_optimize(retrieve.Query.decode(bytes)));
  });
}

for (const rowCount of [1, 100]) {
  const bytes = persistQuery(rowCount);
  group(`persist.Query, ${rowCount} rows of 20 floats, ${bytes.length} bytes`, () => {
    bench("decodePersistQuery", () => do_not_optimize(decodePersistQuery(bytes)));
    bench("protobufjs", () => do_not_optimize(persist.Query.decode(bytes)));
  });
}

await run();
