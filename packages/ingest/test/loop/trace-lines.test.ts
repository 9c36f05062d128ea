import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, expect, test } from "vitest";
import { header, IngestRig } from "../support/ingest-rig.ts";

/** Lines about a record lead to its trace, where its producer keeps one. */
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const KEPT = header("traceparent", `00-${TRACE_ID}-b7ad6b7169203331-01`);
const NOT_KEPT = header("traceparent", `00-${TRACE_ID}-b7ad6b7169203331-00`);
const ROW = { rows: [{ key: "a", value: "1" }] };

let rig: IngestRig;

beforeEach(async () => {
  rig = new IngestRig();
  await rig.start();
});

afterEach(() => rig.close());

function lines(text: string): Record<string, unknown>[] {
  return rig.lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line));
}

test.each([
  [
    "a row that is not stored",
    "partition halted",
    () => {
      rig.format.fail = () => new FeatureStoreError("INTERNAL", "no such column");
    },
  ],
  [
    "a record that cannot be read for now",
    "partition halted",
    () => {
      rig.format.prepare = () => {
        throw new FeatureStoreError("UNAVAILABLE", "no registry yet");
      };
    },
  ],
  [
    "a record that breaks the code",
    "a record could not be prepared",
    () => {
      rig.format.prepare = () => {
        throw new TypeError("undefined is not a function");
      };
    },
  ],
])("%s", async (_, text, breakIt) => {
  breakIt();
  rig.add(0, ROW, { headers: [KEPT] });
  await rig.clock.advance(500);
  const [span] = rig.tracer.spans;
  expect(span).toMatchObject({ kind: "consumer", traceId: TRACE_ID });
  expect(lines(text)).toMatchObject([{ offset: 0, trace_id: TRACE_ID, span_id: span?.spanId }]);
});

test.each([
  ["no trace", []],
  ["a trace that is not kept", [NOT_KEPT]],
])("with %s there is nothing of it in the line, and no span", async (_, headers) => {
  rig.format.fail = () => new FeatureStoreError("INTERNAL", "no such column");
  rig.add(0, ROW, { headers });
  await rig.clock.advance(500);
  const [line] = lines("partition halted");
  expect(line).toMatchObject({ offset: 0 });
  expect(line).not.toHaveProperty("trace_id");
  expect(line).not.toHaveProperty("span_id");
  expect(rig.tracer.spans).toEqual([]);
});
