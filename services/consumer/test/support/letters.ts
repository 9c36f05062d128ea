import { persistQueryFromJson } from "@ofs/http";
import type { NewRecord, RecordHeader } from "@ofs/ingest";

/** A message about one user. */
export function message(userId: string, entity = "user"): Uint8Array {
  return persistQueryFromJson(
    JSON.stringify({
      entity_label: entity,
      keys_schema: ["user_id"],
      feature_group_schema: [{ label: "counts", feature_labels: ["clicks", "views"] }],
      data: [{ key_values: [userId], feature_values: [{ values: { int64_values: ["7", "8"] } }] }],
    }),
  );
}

/** A dead letter as the loop writes it. */
export function letter(
  about: Readonly<Record<string, string>>,
  value: Uint8Array | undefined,
  own: readonly RecordHeader[] = [],
): NewRecord {
  const all = {
    topic: "features",
    partition: "0",
    offset: "5",
    timestamp: "1600000000000",
    error: "unknown feature clicks",
    code: "INVALID_ARGUMENT",
    attempts: "1",
    ...about,
  };
  const headers = Object.entries(all).map(
    ([name, text]): RecordHeader => [`dlq-${name}`, Buffer.from(text)],
  );
  return {
    topic: "features.dlq",
    key: Buffer.from("user:1"),
    value,
    headers: [...own, ...headers],
  };
}
