import { RECORD_OPERATION, type RecordHeader, ROW_HEADERS, WRITE_TIME_HEADER } from "@ofs/ingest";
import type { RunSpec } from "../runs/model.ts";

/** Tells which run a message is of. */
const RUN_ID_HEADER = "run-id";

/**
 * @param writeTimeMs the time that the messages' writes, or deletes, count for: that of the table's version
 * @param isDelete the messages take keys away
 */
export function messageHeaders(
  { target, runId }: Pick<RunSpec, "target" | "runId">,
  writeTimeMs: number,
  isDelete = false,
): RecordHeader[] {
  const headers: [string, string][] = [
    [WRITE_TIME_HEADER, String(writeTimeMs)],
    [RUN_ID_HEADER, runId],
  ];
  if (target.dialect === "row") {
    const { featureGroupName, featureGroupVersion, replicateWrites } = target;
    headers.push([ROW_HEADERS.sdkVersion, "v2"], [ROW_HEADERS.groupName, featureGroupName]);
    if (featureGroupVersion !== undefined) {
      headers.push([ROW_HEADERS.groupVersion, featureGroupVersion]);
    }
    headers.push([ROW_HEADERS.replicatedWrites, String(replicateWrites)]);
  }
  if (isDelete) headers.push([RECORD_OPERATION.header, RECORD_OPERATION.delete]);
  return headers.map(([name, text]) => [name, Buffer.from(text)] as const);
}
