import type { RowEngine, RowWriteContext, RowWriteRequest } from "@ofs/engine";
import type { HttpReply } from "@ofs/http";
import { type JsonValue, RowError, writeJson } from "@ofs/rows";
import type { RowCall } from "../row-handler.ts";
import { assertRowCount, type RowLimits } from "../row-limits.ts";
import { rowReply } from "../row-replies.ts";
import type { LegacyNotes } from "./legacy-notes.ts";
import { legacySuccess } from "./legacy-replies.ts";
import { type LegacyWrite, legacyBatchWrite, legacyWrite } from "./legacy-requests.ts";

/** One row. That it did not fit is not told, as clients know it. */
export async function writeFeatures(
  engine: RowEngine,
  call: RowCall,
  path: string,
  notes: LegacyNotes,
): Promise<HttpReply> {
  const { groupName, names, row, entityName, echo } = legacyWrite(call.body, path, false);
  const request = {
    featureGroupName: groupName,
    featureGroupVersion: undefined,
    names,
    values: [row],
  };
  const { failedRows } = await engine.write(request, contextOf(call));
  if (failedRows.length > 0) {
    notes.hidden(path, RowError.of("UNKNOWN_EXCEPTION", { message: `${groupName}: row refused` }));
  }
  const success = legacySuccess(`Write successful in ${entityName}`);
  return { ...success, body: `{"body":${writeJson(echo)},${success.body.slice(1)}` };
}

/** Records of one shape: one write. */
interface Run {
  readonly request: RowWriteRequest & {
    readonly values: (readonly JsonValue[])[];
    readonly writeTimeMicros: number[];
  };
  /** Their places among the records. */
  readonly places: number[];
}

/** What became of a record: written, does not fit, or why not. */
type RecordOutcome = true | false | string;

/** Many rows, each reported; of records with equal keys the last wins. */
export async function batchWrite(
  engine: RowEngine,
  call: RowCall,
  path: string,
  limits: RowLimits,
): Promise<HttpReply> {
  const records = legacyBatchWrite(call.body, path);
  assertRowCount(limits, records.length, "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION");
  const runs = divide(records, () => engine.nextWriteTime());
  const outcomes = await engine.bulkWrite(
    runs.map(({ request }) => request),
    contextOf(call),
  );
  const byRecord = new Array<RecordOutcome>(records.length).fill(true);
  for (const [index, { request, places }] of runs.entries()) {
    const { answer, error } = outcomes[index] ?? { error: new Error("no outcome") };
    const failed = new Set(answer?.failedRows);
    for (const [row, place] of places.entries()) {
      const isFailed = failed.has(request.values[row] as readonly JsonValue[]);
      byRecord[place] = answer === undefined ? error.message : !isFailed;
    }
  }
  return rowReply(200, reportOf(records, byRecord));
}

/** @param nextTime gives each record its time, so that they count in their order, whichever write they are in */
function divide(records: readonly LegacyWrite[], nextTime: () => number): Run[] {
  const runs = new Map<string, Run>();
  for (const [place, { groupName, names, row }] of records.entries()) {
    const shape = JSON.stringify([groupName, names]);
    let run = runs.get(shape);
    if (run === undefined) {
      const address = { featureGroupName: groupName, featureGroupVersion: undefined };
      const request = { ...address, isFolded: true, names, values: [], writeTimeMicros: [] };
      run = { request, places: [] };
      runs.set(shape, run);
    }
    run.request.values.push(row);
    run.request.writeTimeMicros.push(nextTime());
    run.places.push(place);
  }
  return [...runs.values()];
}

function reportOf(records: readonly LegacyWrite[], outcomes: readonly RecordOutcome[]): string {
  const failed: string[] = [];
  for (const [place, { echo }] of records.entries()) {
    const outcome = outcomes[place];
    if (outcome === true) continue;
    const reason = typeof outcome === "string" ? `"Err":${JSON.stringify(outcome)},` : "";
    failed.push(`{"Success":false,${reason}"Record":${writeJson(echo)}}`);
  }
  const count = records.length - failed.length;
  return (
    `{"code":200,"data":{"Success":true,"Message":"Total successfulRecords: ${count}",` +
    `"Successful_records":${count},"Failed_records":[${failed.join(",")}]}}`
  );
}

function contextOf({ deadlineMs, signal }: RowCall): RowWriteContext {
  return { deadlineMs, signal, isReplicated: true };
}
