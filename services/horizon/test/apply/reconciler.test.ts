import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { APPLY_LIMITS, type ChangeService, Reconciler } from "../../src/apply/index.ts";
import { MemoryWorld, SCYLLA, silentLog } from "./support/memory-world.ts";
import {
  ASK_JOB,
  approve,
  approveAll,
  askEntity,
  askGroup,
  askStore,
  feature,
  submit,
} from "./support/scenario.ts";

const { leaseMs, retryPauseMs, retryPauseMsMax } = APPLY_LIMITS;

describe("reconcile", () => {
  let world: MemoryWorld;
  let changes: ChangeService;

  beforeEach(async () => {
    world = await MemoryWorld.open();
    changes = world.service();
  });

  afterEach(() => world.close());

  /** Approves while the registry is away. */
  async function leaveUnfinished(label = "user"): Promise<number> {
    const id = await submit(changes, askEntity(label));
    world.registry.goDown("away");
    await expect(approve(changes, "entity", id)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: `entity request ${id} is being applied, but could not be finished yet; it is tried again: memory: away`,
    });
    world.registry.comeUp();
    return id;
  }

  async function statusOf(id: number): Promise<string | undefined> {
    return (await world.database.requests.find("entity", id))?.status;
  }

  it("has nothing to do where nothing is unfinished", async () => {
    await submit(changes, askEntity("user"));
    await approve(changes, "entity", await submit(changes, askEntity("item")));
    world.pass(10 * leaseMs);
    expect(await changes.reconcile()).toBe(0);
  });

  it("goes on with what this process could not finish, after a pause", async () => {
    const id = await leaveUnfinished();
    expect(await statusOf(id)).toBe("APPLYING");
    expect(await changes.reconcile()).toBe(0);
    world.pass(retryPauseMs);
    expect(await changes.reconcile()).toBe(1);
    expect(await statusOf(id)).toBe("APPROVED");
    expect((await world.actions()).at(-1)).toBe("system request.applied entity user");
    expect(await changes.reconcile()).toBe(0);
  });

  it("leaves what another process works on alone until its lease is over", async () => {
    const id = await leaveUnfinished();
    const other = world.service();
    world.pass(leaseMs - 1_000);
    expect(await other.reconcile()).toBe(0);
    world.pass(2_000);
    expect(await other.reconcile()).toBe(1);
    expect(await statusOf(id)).toBe("APPROVED");
    // The first one knows of it still, and finds that it is over.
    expect(await changes.reconcile()).toBe(0);
  });

  it("pauses longer each time, up to a limit, and starts anew after success", async () => {
    const id = await leaveUnfinished();
    world.registry.goDown("away");
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      let passedMs = 0;
      while ((await changes.reconcile()) === 0) {
        world.pass(2_500);
        passedMs += 2_500;
      }
      pauses.push(passedMs);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((factor) => factor * retryPauseMs));
    expect(retryPauseMsMax).toBe(60 * retryPauseMs);
    world.registry.comeUp();
    world.pass(retryPauseMsMax);
    expect(await changes.reconcile()).toBe(1);
    expect(await statusOf(id)).toBe("APPROVED");
  });

  it("works on a bounded number of requests at once, and of one look", async () => {
    const labels = Array.from({ length: 9 }, (_, index) => `e${index}`);
    for (const label of labels) await leaveUnfinished(label);
    let running = 0;
    let most = 0;
    const other = world.service({
      limits: { reconcileConcurrency: 3, reconcileBatchMax: 7 },
      async onStep(step) {
        if (step === "claimed") most = Math.max(most, ++running);
        if (step === "finished") running -= 1;
      },
    });
    world.pass(2 * leaseMs);
    expect(await other.reconcile()).toBe(7);
    expect(most).toBe(3);
    expect(await other.reconcile()).toBe(2);
  });

  it("of several at once, each request is taken up by one", async () => {
    const ids: number[] = [];
    for (const label of ["a", "b", "c", "d"]) ids.push(await leaveUnfinished(label));
    world.pass(2 * leaseMs);
    const services = [world.service(), world.service(), world.service()];
    const counts = await Promise.all(services.map((service) => service.reconcile()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ids.length);
    for (const id of ids) expect(await statusOf(id)).toBe("APPROVED");
    const applied = (await world.actions()).filter((action) => action.includes("applied"));
    expect(applied).toHaveLength(ids.length);
  });

  it("tells when the database is away", async () => {
    world.faults.arm({ call: "requests.stuck#1", isAnswerLost: false });
    await expect(changes.reconcile()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("knows what this very request has written, though others have changed the same since", async () => {
    await approveAll(changes, [
      ASK_JOB,
      askEntity("user"),
      askStore(SCYLLA, "t"),
      askGroup("user", "g", 1),
    ]);
    const group = { "entity-label": "user", "feature-group-label": "g" };
    const edited = feature("a", { "default-values": "7" });
    const id = await submit(changes, {
      kind: "features-edit",
      body: { ...group, features: [edited] },
    });
    world.registry.loseNextAnswer();
    const lost = { code: "UNAVAILABLE", message: expect.stringContaining("the answer is lost") };
    await expect(approve(changes, "features-edit", id)).rejects.toMatchObject(lost);
    const body = { ...group, "feature-labels": ["a"] };
    await approveAll(world.service(), [{ kind: "features-delete", body }]);
    const overtaken = await world.tree();
    world.pass(retryPauseMs);
    expect(await changes.reconcile()).toBe(1);
    const ended = await world.database.requests.find("features-edit", id);
    expect(ended).toMatchObject({ status: "APPROVED", rejectReason: "" });
    expect(await world.tree()).toEqual(overtaken);
  });

  it("writes down what the audit log could not take, in order and with the true time", async () => {
    const beforeMs = Date.now();
    world.faults.arm({ call: "audit.add#1", isAnswerLost: false });
    const id = await submit(changes, askEntity("user"));
    expect(await world.actions()).toEqual([]);
    world.faults.arm({ call: "audit.add#2", isAnswerLost: false });
    expect(await changes.reconcile()).toBe(0);
    expect(await world.actions()).toEqual([]);
    const afterMs = Date.now();
    world.pass(retryPauseMs);
    expect(await changes.reconcile()).toBe(0);
    await approve(changes, "entity", id);
    expect(await changes.reconcile()).toBe(0);
    expect(await world.actions()).toEqual([
      "author@x.io request.submitted entity user",
      "approver@x.io request.approved entity user",
      "approver@x.io request.applied entity user",
    ]);
    const submitted = (await world.database.audit.list({ limit: 10 })).at(-1);
    expect(submitted?.atMs).toBeGreaterThanOrEqual(beforeMs);
    expect(submitted?.atMs).toBeLessThanOrEqual(afterMs);
  });

  it("a mistake in a program stays in the log, and the request is tried again", async () => {
    const id = await submit(changes, askStore(SCYLLA, "t"));
    const make = world.tables.make.bind(world.tables);
    world.tables.make = () => Promise.reject(new TypeError("x is not a function"));
    await expect(approve(changes, "store", id)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.not.stringContaining("not a function"),
    });
    world.tables.make = make;
    world.pass(retryPauseMs);
    expect(await changes.reconcile()).toBe(1);
    expect((await world.database.requests.find("store", id))?.status).toBe("APPROVED");
  });
});

describe("Reconciler", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function reconcilerOf(reconcile: () => Promise<number>): Reconciler {
    return new Reconciler({ changes: { reconcile }, log: silentLog, intervalMs: 1_000 });
  }

  it("looks at once, and again and again, never twice at the same time", async () => {
    let looks = 0;
    let finish: () => void = () => undefined;
    const reconciler = reconcilerOf(async () => {
      looks += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return 0;
    });
    reconciler.start();
    reconciler.start();
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toBe(1);
    finish();
    await vi.advanceTimersByTimeAsync(999);
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(looks).toBe(2);
    finish();
    await reconciler.close();
  });

  it("waits longer while it fails", async () => {
    const looksAtMs: number[] = [];
    let nowMs = 0;
    const reconciler = reconcilerOf(() => {
      looksAtMs.push(nowMs);
      return looksAtMs.length < 4 ? Promise.reject(new Error("away")) : Promise.resolve(1);
    });
    reconciler.start();
    while (nowMs < 16_000) {
      nowMs += 1_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await reconciler.close();
    expect(looksAtMs.slice(0, 6)).toEqual([0, 2_000, 6_000, 14_000, 15_000, 16_000]);
  });

  it("ends with the look that is under way, and does not begin another", async () => {
    let looks = 0;
    let finish: (count: number) => void = () => undefined;
    const reconciler = reconcilerOf(() => {
      looks += 1;
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    });
    reconciler.start();
    let isClosed = false;
    const closing = reconciler.close().then(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(isClosed).toBe(false);
    finish(0);
    await closing;
    await reconciler.close();
    reconciler.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toBe(1);
  });
});
