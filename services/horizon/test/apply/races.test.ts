import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { APPLY_LIMITS, type ApplyStep, type ChangeService } from "../../src/apply/index.ts";
import { MemoryWorld, SCYLLA } from "./support/memory-world.ts";
import { RecordingTables } from "./support/recording-tables.ts";
import {
  APPROVER,
  ASK_JOB,
  type Ask,
  approve,
  approveAll,
  askEntity,
  askGroup,
  askStore,
  feature,
  submit,
} from "./support/scenario.ts";

const REPLICA_COUNT = 3;
const APPROVAL_COUNT = 10;

let world: MemoryWorld;
let replicas: ChangeService[];

beforeEach(async () => {
  world = await MemoryWorld.open();
  replicas = Array.from({ length: REPLICA_COUNT }, () => world.service());
});

afterEach(() => world.close());

function replica(index: number): ChangeService {
  return replicas[index % REPLICA_COUNT] as ChangeService;
}

/** Submits all, approves all at the same time, in turn through each replica. */
async function approveAtOnce(asks: readonly Ask[]): Promise<void> {
  const ids: number[] = [];
  for (const ask of asks) ids.push(await submit(replica(0), ask));
  const ended = await Promise.all(
    asks.map(({ kind }, index) => approve(replica(index), kind, ids[index] as number)),
  );
  expect(ended.map(({ status, rejectReason }) => ({ status, rejectReason }))).toEqual(
    asks.map(() => ({ status: "APPROVED", rejectReason: "" })),
  );
}

const NUMBERS = Array.from({ length: APPROVAL_COUNT }, (_, index) => index);

describe("at the same time", () => {
  it("one request that all replicas approve is carried out once", async () => {
    const id = await submit(replica(0), askStore(SCYLLA, "t"));
    const outcomes = await Promise.allSettled(
      NUMBERS.map((index) => approve(replica(index), "store", id)),
    );
    const refusals = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(refusals).toHaveLength(APPROVAL_COUNT - 1);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "FAILED_PRECONDITION" });
    expect(Object.keys(await world.tree())).toEqual(["storage/stores/1"]);
    const actions = await world.actions();
    expect(actions.filter((action) => action.includes("request.applied"))).toHaveLength(1);
  });

  it("approval and rejection: one of them counts, and the registry agrees with it", async () => {
    const id = await submit(replica(0), askEntity("user"));
    const reject = { status: "REJECTED", rejectReason: "no" } as const;
    const outcomes = await Promise.allSettled([
      replica(1).decide(["entity"], id, reject, APPROVER),
      approve(replica(2), "entity", id),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const row = await world.database.requests.find("entity", id);
    expect(["APPROVED", "REJECTED"]).toContain(row?.status);
    expect("entities/user/label" in (await world.tree())).toBe(row?.status === "APPROVED");
  });

  it("stores get ids that are all different", async () => {
    await approveAtOnce(NUMBERS.map((index) => askStore(SCYLLA, `t_${index}`)));
    const tree = await world.tree();
    const tables = NUMBERS.map((index) => JSON.parse(tree[`storage/stores/${index + 1}`] ?? "{}"));
    expect(tables.map(({ table }) => table).sort()).toEqual(NUMBERS.map((index) => `t_${index}`));
  });

  it("groups of one entity get ids and columns that are all different, and tables hold them", async () => {
    await approveAll(replica(0), [ASK_JOB, askEntity("user"), askStore(SCYLLA, "t")]);
    await approveAtOnce(NUMBERS.map((index) => askGroup("user", `g${index}`, 1)));
    const tree = await world.tree();
    const groups = NUMBERS.map((index) => `entities/user/feature-groups/g${index}`);
    const ids = groups.map((path) => Number(tree[`${path}/id`]));
    expect(ids.sort((left, right) => left - right)).toEqual(NUMBERS);
    const columns = groups.flatMap((path) =>
      Object.keys(tree).flatMap((each) =>
        each.startsWith(`${path}/columns/`) && each.endsWith("/label") ? [tree[each]] : [],
      ),
    );
    const expected = NUMBERS.map((index) => `seg_${index}`);
    expect(columns.sort()).toEqual(expected);
    expect(world.tables.columns.get("t")).toEqual(expected);
  });

  it("features that are added and taken out of one group all count, each in its own version", async () => {
    const initial = NUMBERS.map((index) => feature(`old${index}`));
    await approveAll(replica(0), [ASK_JOB, askEntity("user"), askStore(SCYLLA, "t")]);
    await approveAll(replica(0), [askGroup("user", "g", 1, initial)]);
    const group = { "entity-label": "user", "feature-group-label": "g" };
    // One of a kind and subject may wait at a time: these are of three kinds.
    await approveAtOnce([
      { kind: "features-add", body: { ...group, features: [feature("new")] } },
      { kind: "features-delete", body: { ...group, "feature-labels": ["old0", "old9"] } },
      {
        kind: "features-edit",
        body: { ...group, features: [feature("old5", { "default-values": "9" })] },
      },
    ]);
    const tree = await world.tree();
    const path = "entities/user/feature-groups/g";
    expect(tree[`${path}/active-version`]).toBe("3");
    const kept = NUMBERS.slice(1, 9).map((index) => `old${index}`);
    expect(tree[`${path}/features/3/labels`]?.split(",").sort()).toEqual([...kept, "new"].sort());
  });
});

describe("a process that was thought dead", () => {
  /** A service whose run stops at a step, until it is told to go on. */
  function stalled(at: ApplyStep = "tables-made") {
    let goOn: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const service = world.service({
      async onStep(step) {
        if (step !== at) return;
        reached();
        await mayGoOn;
      },
    });
    return { service, isReached, goOn };
  }

  it("writes nothing once another has taken its request up", async () => {
    const { service, isReached, goOn } = stalled();
    const id = await submit(service, askStore(SCYLLA, "t"));
    const approval = approve(service, "store", id);
    await isReached;
    world.pass(2 * APPLY_LIMITS.leaseMs);
    expect(await replica(0).reconcile()).toBe(1);
    goOn();
    expect(await approval).toMatchObject({ id, status: "APPROVED" });
    expect(Object.keys(await world.tree())).toEqual(["storage/stores/1"]);
    const actions = await world.actions();
    expect(actions.filter((action) => action.includes("request.applied"))).toEqual([
      "system request.applied store t",
    ]);
  });

  it("writes nothing either where the other found that it cannot be", async () => {
    const { service, isReached, goOn } = stalled();
    const id = await submit(service, askStore(SCYLLA, "t"));
    const approval = approve(service, "store", id);
    await isReached;
    world.pass(2 * APPLY_LIMITS.leaseMs);
    const refusal = new FeatureStoreError("FAILED_PRECONDITION", "table t: it is somebody else's");
    const tables = new RecordingTables();
    tables.make = () => Promise.reject(refusal);
    expect(await world.service({ tables }).reconcile()).toBe(1);
    goOn();
    const failed = { id, status: "FAILED", rejectReason: refusal.message };
    expect(await approval).toMatchObject(failed);
    expect(await world.database.requests.find("store", id)).toMatchObject(failed);
    expect(await world.tree()).toEqual({});
  });

  it("cannot end what another is at work on", async () => {
    const first = stalled("loaded");
    const id = await submit(first.service, askEntity("user"));
    await world.registry.put("entities/User/label", "User");
    const approval = approve(first.service, "entity", id);
    await first.isReached;
    await world.registry.delete("entities/User/label");
    world.pass(2 * APPLY_LIMITS.leaseMs);
    const second = stalled("planned");
    const takingUp = second.service.reconcile();
    await second.isReached;
    // It has seen what made the change impossible, and would say so.
    first.goOn();
    expect(await approval).toMatchObject({ status: "APPLYING" });
    second.goOn();
    expect(await takingUp).toBe(1);
    expect(await world.database.requests.find("entity", id)).toMatchObject({ status: "APPROVED" });
  });

  it("plans anew if the registry was changed meanwhile, and holds its request", async () => {
    const { service, isReached, goOn } = stalled();
    const id = await submit(service, askStore(SCYLLA, "t"));
    const approval = approve(service, "store", id);
    await isReached;
    await approveAll(replica(0), [askStore(SCYLLA, "other")]);
    goOn();
    expect(await approval).toMatchObject({ id, status: "APPROVED" });
    const tree = await world.tree();
    expect(JSON.parse(tree["storage/stores/1"] ?? "")).toMatchObject({ table: "other" });
    expect(JSON.parse(tree["storage/stores/2"] ?? "")).toMatchObject({ table: "t" });
  });

  it("gives up where others are always quicker, and goes on later", async () => {
    let others = 0;
    const service = world.service({
      limits: { conflictsMax: 3, conflictPauseMsMax: 0 },
      async onStep(step) {
        if (step !== "tables-made" || others === 3) return;
        await approveAll(replica(0), [askStore(SCYLLA, `other_${others++}`)]);
      },
    });
    const id = await submit(service, askStore(SCYLLA, "t"));
    await expect(approve(service, "store", id)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("changed by others 3 times in a row"),
    });
    world.pass(APPLY_LIMITS.retryPauseMs);
    expect(await service.reconcile()).toBe(1);
    const tree = await world.tree();
    expect(JSON.parse(tree["storage/stores/4"] ?? "")).toMatchObject({ table: "t" });
  });
});
