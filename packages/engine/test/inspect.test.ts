import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { ofs } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { expect, test } from "vitest";
import { createHarness, query } from "./harness.ts";

const { InspectRequest, InspectResult, Presence } = ofs.v1;
const GROUP = { type: "FP32", versions: [{ ctr: {} }] };
const TREE = entityTree("user", ["user_id"], {
  scores: { ...GROUP, id: 0 },
  cached: { ...GROUP, id: 1, process: true },
});
const TTL_SECONDS = 10;

function block(schemaVersion: number, expiryAtSeconds: number): Uint8Array {
  return encodeBlock({
    schemaVersion,
    layoutVersion: 1,
    expiryAtSeconds,
    nowSeconds: 0,
    dataType: DATA_TYPES[3] as DataType,
    payload: new Uint8Array(Float32Array.of(1).buffer),
    compression: "none",
  });
}

test("each key and group: what is stored, its version, and until when", async () => {
  const harness = createHarness(TREE);
  const { store, engine, nowMs } = harness;
  const expiresAt = nowMs / 1000 + TTL_SECONDS;
  store.put("user", ["limited"], "scores", block(1, expiresAt));
  store.put("user", ["lasting"], "cached", block(1, 0));
  store.put("user", ["newer"], "scores", block(7, 0));
  store.put("user", ["damaged"], "scores", Uint8Array.of(1, 2, 3));

  const inspect = async (...keys: string[]): Promise<unknown[][]> => {
    const asked = keys.map((key) => [key]);
    const wanted = query("user", ["user_id"], { scores: [], cached: [] }, ...asked);
    const request = InspectRequest.encode(wanted).finish();
    const context = { callerId: "test", deadlineMs: Number.POSITIVE_INFINITY };
    const all = { ...context, signal: undefined, entities: undefined };
    const { response } = await engine.inspect(request, all);
    return InspectResult.decode(response).keys.map(({ groups }) =>
      (groups ?? []).map(({ label, presence, schemaVersion, expiresAtSeconds }) => [
        label,
        Presence[presence ?? 0],
        schemaVersion,
        Number(expiresAtSeconds),
      ]),
    );
  };
  const nothing = (label: string, presence = "ABSENT") => [label, presence, 0, 0];

  // A key that is asked for twice is answered twice.
  expect(await inspect("limited", "lasting", "limited")).toEqual([
    [["scores", "STORED", 1, expiresAt], nothing("cached")],
    [nothing("scores"), ["cached", "STORED", 1, 0]],
    [["scores", "STORED", 1, expiresAt], nothing("cached")],
  ]);
  expect(await inspect("newer", "damaged")).toEqual([
    [nothing("scores", "UNREADABLE"), nothing("cached")],
    [nothing("scores", "UNREADABLE"), nothing("cached")],
  ]);
  // As the process cache has it.
  expect(await inspect("lasting")).toEqual([[nothing("scores"), ["cached", "STORED", 1, 0]]]);
  harness.nowMs += TTL_SECONDS * 1000 + 1;
  expect(await inspect("limited")).toEqual([[nothing("scores", "EXPIRED"), nothing("cached")]]);
});
