import { randomUUID } from "node:crypto";
import { createLogger } from "@ofs/platform";
import { serverAddress, startTcpProxy, waitUntil } from "@ofs/testkit";
import { afterEach, expect, it } from "vitest";
import { EtcdSlotBoard, tableOf } from "../../../src/rows/slots/etcd-slot-board.ts";
import { type Slot, slotName } from "../../../src/rows/slots/slot.ts";
import { SlotKeeper } from "../../../src/rows/slots/slot-keeper.ts";

/** Keepers of several processes over a real etcd. */
const log = createLogger({ service: "t", level: "DISABLED" });
const TIMEOUT_MS = 120_000;
const CAPACITY = 8;

const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
}, TIMEOUT_MS);

interface Process {
  readonly keeper: SlotKeeper;
  readonly board: EtcdSlotBoard;
  readonly used: Set<string>;
}

function start(root: string, wanted: ReadonlyMap<string, number>, endpoints?: string): Process {
  const etcd = { endpoints: endpoints ?? serverAddress("etcd").text, root, callTimeoutMs: 2_000 };
  const board = new EtcdSlotBoard(etcd, CAPACITY, log);
  const used = new Set<string>();
  const use = {
    begin: (slot: Slot) => void used.add(slotName(slot)),
    end: async (slot: Slot) => void used.delete(slotName(slot)),
  };
  const monotonicNow = (): number => performance.now();
  const keeper = new SlotKeeper({ board, use, capacity: CAPACITY, monotonicNow, log });
  keeper.want(wanted);
  keeper.start();
  opened.push({ close: () => keeper.close(1_000) });
  return { keeper, board, used };
}

const newRoot = (): string => `/row/slots-test-${randomUUID()}/runtime/consumer-slots`;

function when(what: string, isSo: () => boolean): Promise<unknown> {
  return waitUntil(isSo, { what, timeoutMs: TIMEOUT_MS });
}

it("they share slots, see each other's, and follow what is wanted", {
  timeout: TIMEOUT_MS,
}, async () => {
  const root = newRoot();
  const wanted = new Map([["a", 3]]);
  const one = start(root, wanted);
  await when("all slots", () => one.used.size === 3);
  const two = start(root, wanted);
  await when("a share", () => one.used.size === 2 && two.used.size === 1);
  await when("one view", () => {
    const [mine, other] = [one.board.table, two.board.table];
    return mine?.owners.get("a")?.size === 3 && other?.owners.get("a")?.size === 3;
  });
  expect(one.board.table?.capacities.get(two.board.instance)).toBe(CAPACITY);
  for (const { keeper } of [one, two]) keeper.want(new Map([["b", 1]]));
  await when("the other topic", () => one.used.size + two.used.size === 1);
  expect([...one.used, ...two.used]).toEqual(["b/0"]);
  await when("keys that are gone", () => (one.board.table?.owners.get("a")?.size ?? 0) === 0);
});

it("one that loses etcd stops, another goes on for it, and it comes back", {
  timeout: TIMEOUT_MS,
}, async () => {
  const root = newRoot();
  const proxy = await startTcpProxy({ target: serverAddress("etcd") });
  opened.push(proxy);
  const wanted = new Map([["a", 2]]);
  const one = start(root, wanted, proxy.text);
  await when("all slots", () => one.used.size === 2);
  await proxy.inject({ kind: "stall" });
  const two = start(root, wanted);
  let isBoth = false;
  await when("the other to have them", () => {
    isBoth ||= [...two.used].some((name) => one.used.has(name));
    return two.used.size === 2;
  });
  expect([isBoth, one.used.size, one.board.table]).toEqual([false, 0, undefined]);
  expect(one.board.fault).toMatch(/./);
  await proxy.heal();
  proxy.resetConnections();
  await when("a share each", () => one.used.size === 1 && two.used.size === 1);
});

it("keys of another form are nobody's", () => {
  const entries = new Map(
    Object.entries({ "a/0": "x", "a/b": "x", "a/0/1": "x", me: "7", you: "many" }),
  );
  const bytes = new Map([...entries].map(([path, text]) => [path, Buffer.from(text)]));
  expect(tableOf(bytes)).toEqual({
    owners: new Map([["a", new Map([[0, "x"]])]]),
    capacities: new Map([["me", 7]]),
  });
});
