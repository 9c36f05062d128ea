import { headerOf, type SourceRecord } from "../../record.ts";

/** Headers of records of the row dialect: UTF-8 text, of a repeated name the last counts. */
export const ROW_HEADERS = {
  /** `v1` or `v2`; absent = `v1`. */
  sdkVersion: "sdk-version",
  groupName: "feature-group-name",
  /** Absent = the latest. */
  groupVersion: "feature-group-version",
  /** Whether the read tenant's store is written, too. Absent = true; any text but "true" = false. */
  replicatedWrites: "replicated-writes",
  /** Of the producer's; kept in dead letters, and nothing else is made of it. */
  runId: "run-id",
} as const;

/** @returns undefined if there is none, or an empty one */
export function textHeader(record: SourceRecord, name: string): string | undefined {
  const value = headerOf(record, name);
  return value === undefined || value.length === 0
    ? undefined
    : Buffer.from(value).toString("utf8");
}

export function isReplicated(record: SourceRecord): boolean {
  const text = textHeader(record, ROW_HEADERS.replicatedWrites);
  return text === undefined || text.toLowerCase() === "true";
}
