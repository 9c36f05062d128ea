import { FeatureStoreError } from "@ofs/platform";
import type { MemoryRegistrySource } from "@ofs/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Actor, ChangeService } from "../../src/apply/index.ts";
import { MemoryWorld, SCYLLA } from "./support/memory-world.ts";
import {
  APPROVER,
  ASK_JOB,
  AUTHOR,
  approve,
  approveAll,
  askEntity,
  askStore,
  groundwork,
  oneOfEach,
  submit,
  TABLES,
} from "./support/scenario.ts";

const NO_KEY = { idempotencyKey: undefined };
const REJECT = { status: "REJECTED", rejectReason: "wrong key" } as const;

let world: MemoryWorld;
let changes: ChangeService;

beforeEach(async () => {
  world = await MemoryWorld.open();
  changes = world.service();
});

afterEach(() => world.close());

function find(kind: Parameters<ChangeService["preview"]>[0], id: number) {
  return world.database.requests.find(kind, id);
}

describe("all nine kinds", () => {
  it("go from submission to the registry and its tables", async () => {
    await approveAll(changes, groundwork(SCYLLA));
    await approveAll(changes, oneOfEach(SCYLLA));
    const tree = await world.tree();
    expect(tree["security/reader/client"]).toBe('{"token":"s3cret"}');
    expect(tree["entities/made/keys/0/column-label"]).toBe("user_id");
    expect(tree["entities/edited/distributed-cache/enabled"]).toBe("true");
    expect(tree["entities/regrouped/feature-groups/g/ttl-in-seconds"]).toBe("3600");
    expect(tree["entities/longer/feature-groups/g/features/2/labels"]).toBe("a,b,c,d");
    expect(tree["entities/shorter/feature-groups/g/features/2/labels"]).toBe("b");
    expect([...world.tables.columns.keys()].sort()).toEqual([...TABLES].sort());
    // 300 floats and the block's header.
    expect(world.tables.columns.get("t_grouped")).toEqual(["seg_0", "seg_1"]);
    expect(world.tables.columns.get("t_new")).toEqual([]);
  });
});

describe("submit", () => {
  it("stores what was sent, with who sent it", async () => {
    const body = { ...askEntity("user").body, "user-id": "me@else.where", role: "admin", more: 1 };
    const outcome = await changes.submit("entity", body, AUTHOR, NO_KEY);
    expect(outcome).toMatchObject({
      isRepeated: false,
      madeToken: undefined,
      request: {
        status: "PENDING APPROVAL",
        createdBy: AUTHOR.email,
        approvedBy: "",
        payload: { ...body, "user-id": AUTHOR.email, role: "user" },
      },
    });
    expect(await world.actions()).toEqual(["author@x.io request.submitted entity user"]);
    expect(await world.tree()).toEqual({});
  });

  it("names all problems of the body, and those with the registry, and stores nothing", async () => {
    const wrong = await changes.submit("entity", { "entity-label": "a/b" }, AUTHOR, NO_KEY);
    expect(wrong).toMatchObject({
      problems: [
        { field: "entity-label", reason: "invalid" },
        { field: "key-map", reason: "invalid" },
      ],
    });
    const unknown = { ...askStore(SCYLLA, "t").body, "conf-id": 9 };
    expect(await changes.submit("store", unknown, AUTHOR, NO_KEY)).toMatchObject({
      problems: [{ field: "conf-id", reason: "missing" }],
    });
    for (const body of [undefined, null, [], "text"]) {
      expect(await changes.submit("entity", body, AUTHOR, NO_KEY)).toMatchObject({
        problems: [{ field: "", reason: "invalid" }],
      });
    }
    const { total } = await world.database.requests.list({ kinds: ["entity", "store"] });
    expect(total).toBe(0);
  });

  it("is not for viewers", async () => {
    const viewer: Actor = { email: "v@x.io", role: "viewer" };
    const submitted = changes.submit("entity", askEntity("user").body, viewer, NO_KEY);
    await expect(submitted).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("of what waits already is a conflict that names the request, until that one is over", async () => {
    const id = await submit(changes, askEntity("user"));
    const again = await changes.submit("entity", askEntity("user").body, APPROVER, NO_KEY);
    expect(again).toEqual({
      problems: [
        {
          field: "",
          reason: "conflict",
          message: `entity request ${id} of author@x.io for user waits already`,
        },
      ],
    });
    await changes.decide(["entity"], id, REJECT, APPROVER);
    expect(await submit(changes, askEntity("user"))).not.toBe(id);
  });

  it("with a key that was sent before gives that request, also once it is carried out", async () => {
    const key = { idempotencyKey: "k1" };
    const { body } = askEntity("user");
    const first = await changes.submit("entity", body, AUTHOR, key);
    const id = "request" in first ? first.request.id : 0;
    const second = await changes.submit("entity", body, AUTHOR, key);
    expect(second).toMatchObject({ isRepeated: true, request: { id } });
    await approve(changes, "entity", id);
    const third = await changes.submit("entity", body, AUTHOR, key);
    expect(third).toMatchObject({ isRepeated: true, request: { id, status: "APPROVED" } });
    // Somebody else's key is another one.
    const other = await changes.submit("entity", body, APPROVER, key);
    expect(other).toMatchObject({ problems: [{ reason: "conflict", field: "entity-label" }] });
  });

  it("with a key of another change is a conflict", async () => {
    const key = { idempotencyKey: "k1" };
    await changes.submit("entity", askEntity("user").body, AUTHOR, key);
    const other = await changes.submit("entity", askEntity("item").body, AUTHOR, key);
    expect(other).toMatchObject({ problems: [{ field: "", reason: "conflict" }] });
  });
});

describe("a registry that does not let this process in", () => {
  it("is UNAVAILABLE, not a matter of the caller's role", async () => {
    const failure = new FeatureStoreError("PERMISSION_DENIED", "etcd: load: permission denied");
    const registry = Object.assign(Object.create(world.registry) as MemoryRegistrySource, {
      load: () => Promise.reject(failure),
      loadForWrite: () => Promise.reject(failure),
    });
    const shutOut = world.service({ registry });
    const { body } = askEntity("user");
    const unavailable = { code: "UNAVAILABLE", message: expect.stringContaining(failure.message) };
    await expect(shutOut.submit("entity", body, AUTHOR, NO_KEY)).rejects.toMatchObject(unavailable);
    await expect(shutOut.preview("entity", body)).rejects.toMatchObject(unavailable);
    const id = await submit(changes, askEntity("user"));
    await expect(approve(shutOut, "entity", id)).rejects.toMatchObject(unavailable);
    expect(await find("entity", id)).toMatchObject({ status: "APPLYING" });
  });
});

describe("secrets", () => {
  const body = { "job-type": "reader", "job-id": "client" };

  it("a token is made for a job that names none, told once, and is the one that counts", async () => {
    const key = { idempotencyKey: "k1" };
    for (const token of ["", undefined]) {
      const outcome = await world
        .service()
        .preview("job", { ...body, ...(token === undefined ? {} : { token }) });
      expect(outcome.keys).toEqual([
        { path: "security/reader/client", before: undefined, after: '{"token":"***"}' },
      ]);
    }
    const made = await changes.submit("job", body, AUTHOR, key);
    expect(made).toMatchObject({ madeToken: "a-made-token", isRepeated: false });
    const repeated = await changes.submit("job", body, AUTHOR, key);
    expect(repeated).toMatchObject({ madeToken: undefined, isRepeated: true });
    const id = "request" in made ? made.request.id : 0;
    await approve(changes, "job", id);
    expect(await world.tree()).toEqual({ "security/reader/client": '{"token":"a-made-token"}' });
  });

  it.each(["approved", "rejected"])("are forgotten once a request is %s", async (end) => {
    const id = await submit(changes, ASK_JOB);
    expect((await find("job", id))?.payload).toMatchObject({ token: "t0ken" });
    if (end === "approved") await approve(changes, "job", id);
    else await changes.decide(["job"], id, REJECT, APPROVER);
    const { payload } = (await find("job", id)) ?? {};
    expect(payload).toMatchObject({ "job-id": "job", "user-id": AUTHOR.email });
    expect(JSON.stringify(payload)).not.toContain("t0ken");
  });

  it("are in no audit entry and no preview", async () => {
    const id = await submit(changes, ASK_JOB);
    const preview = await changes.previewRequest("job", id);
    expect(JSON.stringify(preview)).not.toContain("t0ken");
    await approve(changes, "job", id);
    const entries = await world.database.audit.list({ limit: 100 });
    expect(JSON.stringify(entries)).not.toContain("t0ken");
  });
});

describe("preview", () => {
  it("shows tables and keys before and after, and changes nothing", async () => {
    await approveAll(changes, groundwork(SCYLLA));
    const before = await world.tree();
    const edit = oneOfEach(SCYLLA).find(({ kind }) => kind === "feature-group-edit");
    const preview = await changes.preview("feature-group-edit", edit?.body);
    expect(preview.problems).toEqual([]);
    expect(preview.keys).toContainEqual({
      path: "entities/regrouped/feature-groups/g/ttl-in-seconds",
      before: "60",
      after: "3600",
    });
    const store = await changes.preview("store", askStore(SCYLLA, "t_more").body);
    expect(store.plan?.tables).toMatchObject([{ table: "t_more", primaryKeys: ["user_id"] }]);
    expect(store.plan?.outcome).toMatchObject({ storeId: "6" });
    expect(await world.tree()).toEqual(before);
  });

  it("tells the problems instead", async () => {
    const preview = await changes.preview("entity-edit", { "entity-label": "nobody" });
    expect(preview).toMatchObject({ plan: undefined, keys: [], problems: [{ reason: "missing" }] });
    expect(await changes.preview("entity", 7)).toMatchObject({ problems: [{ reason: "invalid" }] });
  });

  it("of a request that is not there is NOT_FOUND", async () => {
    await expect(changes.previewRequest("entity", 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("decide", () => {
  it("approves: the registry first, then the request, and all of it is written down", async () => {
    const id = await submit(changes, askEntity("user"));
    const ended = await approve(changes, "entity", id);
    expect(ended).toMatchObject({ id, status: "APPROVED", approvedBy: APPROVER.email });
    expect(await find("entity", id)).toEqual(ended);
    expect((await world.tree())["entities/user/label"]).toBe("user");
    expect(await world.actions()).toEqual([
      "author@x.io request.submitted entity user",
      "approver@x.io request.approved entity user",
      "approver@x.io request.applied entity user",
    ]);
  });

  it("rejects with the reason, and leaves the registry alone", async () => {
    const id = await submit(changes, askEntity("user"));
    const ended = await changes.decide(["entity"], id, REJECT, APPROVER);
    expect(ended).toMatchObject({
      status: "REJECTED",
      rejectReason: "wrong key",
      approvedBy: APPROVER.email,
    });
    expect(await world.tree()).toEqual({});
    expect(await world.actions()).toContain("approver@x.io request.rejected entity user");
  });

  it.each(["author", "viewer"] as const)("is not for a %s", async (role) => {
    const id = await submit(changes, askEntity("user"));
    for (const decision of [REJECT, { status: "APPROVED", rejectReason: "" } as const]) {
      const decided = changes.decide(["entity"], id, decision, { email: "x@x.io", role });
      await expect(decided).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    }
    expect(await find("entity", id)).toMatchObject({ status: "PENDING APPROVAL" });
  });

  it("acts once: what is over cannot be decided again", async () => {
    const approved = await submit(changes, askEntity("user"));
    await approve(changes, "entity", approved);
    const rejected = await submit(changes, askEntity("item"));
    await changes.decide(["entity"], rejected, REJECT, APPROVER);
    for (const id of [approved, rejected]) {
      await expect(approve(changes, "entity", id)).rejects.toMatchObject({
        code: "FAILED_PRECONDITION",
      });
      const again = changes.decide(["entity"], id, REJECT, APPROVER);
      await expect(again).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    }
  });

  it("finds only requests of the kinds that it is for", async () => {
    const id = await submit(changes, askEntity("user"));
    const other = changes.decide(["entity-edit"], id, REJECT, APPROVER);
    await expect(other).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `there is no entity-edit request ${id}`,
    });
    await changes.decide(["entity-edit", "entity"], id, REJECT, APPROVER);
  });

  it("takes a reason as long as the database does, and no longer", async () => {
    const id = await submit(changes, askEntity("user"));
    const tooLong = { ...REJECT, rejectReason: "x".repeat(256) };
    const refused = changes.decide(["entity"], id, tooLong, APPROVER);
    await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const long = { ...REJECT, rejectReason: "😀".repeat(255) };
    expect(await changes.decide(["entity"], id, long, APPROVER)).toMatchObject(long);
  });

  it("with four eyes: approving is for somebody else, rejecting one's own is withdrawing it", async () => {
    const careful = world.service({ isFourEyes: true });
    const self: Actor = { email: APPROVER.email.toUpperCase(), role: "admin" };
    const { body } = askEntity("user");
    const outcome = await careful.submit("entity", body, APPROVER, NO_KEY);
    const id = "request" in outcome ? outcome.request.id : 0;
    const decision = { status: "APPROVED", rejectReason: "" } as const;
    const own = careful.decide(["entity"], id, decision, self);
    await expect(own).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    expect(await careful.decide(["entity"], id, REJECT, self)).toMatchObject({
      status: "REJECTED",
    });
    const second = await submit(careful, askEntity("user"));
    expect(await approve(careful, "entity", second)).toMatchObject({ status: "APPROVED" });
  });
});

describe("a change that cannot be carried out", () => {
  it("is FAILED with the reason, and may be approved once that is gone", async () => {
    const id = await submit(changes, askEntity("user"));
    await world.registry.put("entities/User/label", "User");
    const failed = await approve(changes, "entity", id);
    expect(failed).toMatchObject({ status: "FAILED", rejectReason: expect.stringMatching(/user/) });
    expect((await world.actions()).at(-1)).toBe("approver@x.io request.failed entity user");
    await world.registry.delete("entities/User/label");
    expect(await approve(changes, "entity", id)).toMatchObject({
      status: "APPROVED",
      rejectReason: "",
    });
  });

  it("is FAILED where somebody else has made the very same", async () => {
    const id = await submit(changes, askStore(SCYLLA, "t"));
    const made =
      '{"conf-id":1,"db-type":"scylla","table":"t","primary-keys":["user_id"],"table-ttl":0}';
    await world.registry.put("storage/stores/1", made);
    expect(await approve(changes, "store", id)).toMatchObject({ status: "FAILED" });
  });

  it("may be rejected for good", async () => {
    const id = await submit(changes, ASK_JOB);
    await world.registry.put("security/writer/job", '{"token":"x"}');
    expect(await approve(changes, "job", id)).toMatchObject({ status: "FAILED" });
    const rejected = await changes.decide(["job"], id, REJECT, APPROVER);
    expect(rejected).toMatchObject({ status: "REJECTED" });
    expect(JSON.stringify(rejected.payload)).not.toContain("t0ken");
  });

  it("is FAILED where a table is of another kind, and then the registry says nothing of it", async () => {
    const need = { ...SCYLLA, storeId: "x", tableTtlSeconds: 0, columns: [], mayExist: true };
    await world.tables.make({ ...need, table: "t", primaryKeys: ["item_id"] });
    const id = await submit(changes, askStore(SCYLLA, "t"));
    expect(await approve(changes, "store", id)).toMatchObject({
      status: "FAILED",
      rejectReason: "table t: its keys are item_id",
    });
    expect(await world.tree()).toEqual({});
  });

  it("has a reason no longer than the database keeps", async () => {
    const features = Array.from({ length: 50 }, (_, index) => ({ labels: `gone-${index}` }));
    await approveAll(changes, groundwork(SCYLLA));
    const group = { "entity-label": "altered", "feature-group-label": "g" };
    const body = { ...group, features: [{ labels: "a", "default-values": "1" }] };
    const id = await submit(changes, { kind: "features-edit", body });
    await world.database.requests.move(
      { kind: "features-edit", id },
      "PENDING APPROVAL",
      "PENDING APPROVAL",
      { payload: { ...group, features } },
    );
    const { rejectReason, status } = await approve(changes, "features-edit", id);
    expect(status).toBe("FAILED");
    expect(rejectReason).toMatch(/^features\.0\.labels: .*\.\.\.$/);
    expect(rejectReason).toHaveLength(255);
  });
});
