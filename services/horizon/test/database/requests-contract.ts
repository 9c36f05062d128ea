import { FeatureStoreError } from "@ofs/platform";
import { expect, test, vi } from "vitest";
import { CHANGE_KINDS, type ChangeKind } from "../../src/changes/model.ts";
import type { ChangeRequest, Database } from "../../src/database/ports.ts";
import { IDEMPOTENCY_KEY_TTL_MS } from "../../src/database/requests/idempotency-keys.ts";
import { newRequest, requestOf } from "./new-requests.ts";

const RACERS = 20;

/** What requests are, in either database. Each test has labels of its own: the database is one for all. */
export function testRequests(database: () => Database): void {
  const requests = () => database().requests;

  test.each(CHANGE_KINDS)("%s: what is submitted is found again", async (kind) => {
    const label = `submit-${kind}`;
    const beforeMs = Date.now();
    const made = requestOf(await requests().submit(newRequest(kind, label)));
    expect(made).toMatchObject({
      kind,
      payload: newRequest(kind, label).payload,
      createdBy: "a@x.io",
      approvedBy: "",
      status: "PENDING APPROVAL",
      rejectReason: "",
      attempt: 0,
    });
    expect(made.createdAtMs).toBeGreaterThanOrEqual(beforeMs);
    expect(made.createdAtMs).toBeLessThanOrEqual(Date.now());
    expect(made.updatedAtMs).toBe(made.createdAtMs);
    expect(await requests().find(kind, made.id)).toEqual(made);
  });

  test("a request is not found as one of another kind, nor by another id", async () => {
    const made = requestOf(await requests().submit(newRequest("entity", "kinds")));
    expect(await requests().find("entity-edit", made.id)).toBeUndefined();
    expect(await requests().find("entity", 4_000_000_000)).toBeUndefined();
  });

  test("ids count per table", async () => {
    const [first, second] = [
      requestOf(await requests().submit(newRequest("features-add", "ids"))),
      requestOf(await requests().submit(newRequest("features-delete", "ids"))),
    ];
    expect(second.id).toBeGreaterThan(first.id);
  });

  test("payloads keep every character", async () => {
    const text = "тест 🙂 '\"\\ \u0000 \n %_ ; -- ` é";
    for (const kind of ["entity", "features-add"] as const) {
      const plain = newRequest(kind, `text-${kind}`);
      const payload = { ...plain.payload, text, list: [1.5, null, true], object: { a: "b" } };
      const made = requestOf(await requests().submit({ ...plain, payload }));
      expect((await requests().find(kind, made.id))?.payload).toEqual(payload);
    }
  });

  test("a subject waits once a kind, and again once the first is over", async () => {
    const submit = (kind: ChangeKind) => requests().submit(newRequest(kind, "waits"));
    const first = requestOf(await submit("entity"));
    expect(await submit("entity")).toEqual({ waiting: first });
    const other = requestOf(await submit("entity-edit"));
    expect(other.id).not.toBe(first.id);

    const applying = await requests().move(first, "PENDING APPROVAL", "APPLYING", {});
    expect(await submit("entity")).toEqual({ waiting: applying });
    await requests().move(first, "APPLYING", "FAILED", { rejectReason: "no table" });
    const second = requestOf(await submit("entity"));
    expect(second.id).not.toBe(first.id);

    const again = requests().move(first, "FAILED", "APPLYING", {});
    await expect(again).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    await requests().move(second, "PENDING APPROVAL", "REJECTED", {});
    expect(await requests().move(first, "FAILED", "APPLYING", {})).toMatchObject({ attempt: 3 });
    expect(await submit("entity")).toMatchObject({ waiting: { id: first.id } });
  });

  test("subjects are told apart by case and spaces", async () => {
    for (const label of ["Case", "case", "case "]) {
      requestOf(await requests().submit(newRequest("entity", label)));
    }
  });

  test("an idempotency key repeats its request, whatever has become of it", async () => {
    const request = newRequest("job", "once", { idempotencyKey: "key-1" });
    const made = requestOf(await requests().submit(request));
    const rejected = await requests().move(made, "PENDING APPROVAL", "REJECTED", {});
    expect(await requests().submit(request)).toEqual({ request: rejected, isRepeated: true });
    expect(await requests().findByIdempotencyKey("a@x.io", "key-1")).toEqual(rejected);
    expect(await requests().findByIdempotencyKey("b@x.io", "key-1")).toBeUndefined();
    expect(await requests().findByIdempotencyKey("a@x.io", "key-2")).toBeUndefined();
  });

  test("an idempotency key is forgotten after a day, and may be used again, once", async () => {
    const request = newRequest("job", "expires", { idempotencyKey: "key-5" });
    const made = requestOf(await requests().submit(request));
    await requests().move(made, "PENDING APPROVAL", "REJECTED", {});
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + IDEMPOTENCY_KEY_TTL_MS });
    try {
      expect(await requests().findByIdempotencyKey("a@x.io", "key-5")).toBeUndefined();
      const race = Array.from({ length: RACERS }, () => requests().submit(request));
      const outcomes = await Promise.all(race);
      const [id, ...others] = new Set(outcomes.map((each) => requestOf(each).id));
      expect(others).toEqual([]);
      expect(id).not.toBe(made.id);
      expect(outcomes.filter((each) => "request" in each && !each.isRepeated)).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("an idempotency key is one person's, and one change's", async () => {
    const request = newRequest("job", "key-of-a", { idempotencyKey: "key-3" });
    const made = requestOf(await requests().submit(request));
    const byOther = {
      ...newRequest("job", "key-of-b"),
      createdBy: "b@x.io",
      idempotencyKey: "key-3",
    };
    expect(requestOf(await requests().submit(byOther)).id).not.toBe(made.id);
    const other = newRequest("job", "another", { idempotencyKey: "key-3" });
    await expect(requests().submit(other)).rejects.toThrow(/used for job key-of-a/);
  });

  test(`of ${RACERS} who submit one subject at once, one wins`, async () => {
    const race = Array.from({ length: RACERS }, () =>
      requests().submit(newRequest("store", "race")),
    );
    const outcomes = await Promise.all(race);
    const made = outcomes.flatMap((each) => ("request" in each ? [each.request] : []));
    expect(made).toHaveLength(1);
    for (const each of outcomes) {
      if ("waiting" in each) expect(each.waiting.id).toBe(made[0]?.id);
    }
    const { total } = await requests().list({ kinds: ["store"], search: "race" });
    expect(total).toBe(1);
  });

  test(`of ${RACERS} who send one idempotency key at once, all get one request`, async () => {
    const request = newRequest("feature-group", "keys", { idempotencyKey: "key-4" });
    const race = Array.from({ length: RACERS }, () => requests().submit(request));
    const outcomes = await Promise.all(race);
    expect(new Set(outcomes.map((each) => requestOf(each).id)).size).toBe(1);
    expect(outcomes.filter((each) => "request" in each && !each.isRepeated)).toHaveLength(1);
  });

  test(`${RACERS} different requests at once are all kept`, async () => {
    const race = Array.from({ length: RACERS }, (_, index) =>
      requests().submit(
        newRequest("features-add", `many-${index}`, { idempotencyKey: `m${index}` }),
      ),
    );
    const ids = (await Promise.all(race)).map((each) => requestOf(each).id);
    expect(new Set(ids).size).toBe(RACERS);
  });

  test(`of ${RACERS} who move one request at once, one wins`, async () => {
    const made = requestOf(await requests().submit(newRequest("entity", "move-race")));
    const race = Array.from({ length: RACERS }, (_, index) =>
      requests().move(made, "PENDING APPROVAL", "APPLYING", { approvedBy: `${index}@x.io` }),
    );
    const winners = (await Promise.all(race)).filter((each) => each !== undefined);
    expect(winners).toHaveLength(1);
    expect(await requests().find("entity", made.id)).toEqual(winners[0]);
    expect(winners[0]).toMatchObject({ status: "APPLYING", attempt: 1 });
  });

  test("a move compares status and attempt, and changes what it is given", async () => {
    const made = requestOf(await requests().submit(newRequest("features-edit", "move")));
    const move = requests().move.bind(requests());
    expect(await move(made, "APPLYING", "APPROVED", {})).toBeUndefined();
    const other = { kind: "features-add", id: made.id } as const;
    expect(await move(other, "PENDING APPROVAL", "APPLYING", {})).toBeUndefined();

    const first = await move(made, "PENDING APPROVAL", "APPLYING", { approvedBy: "b@x.io" });
    expect(first).toMatchObject({ status: "APPLYING", attempt: 1, approvedBy: "b@x.io" });
    const renewed = await move(made, "APPLYING", "APPLYING", { attempt: 1 });
    expect(renewed).toMatchObject({ status: "APPLYING", attempt: 2, approvedBy: "b@x.io" });
    expect(await move(made, "APPLYING", "APPROVED", { attempt: 1 })).toBeUndefined();

    const payload = { "entity-label": "move" };
    const ended = await move(made, "APPLYING", "FAILED", {
      attempt: 2,
      rejectReason: "x",
      payload,
    });
    expect(ended).toMatchObject({ status: "FAILED", rejectReason: "x", payload, attempt: 3 });
    expect(ended?.updatedAtMs).toBeGreaterThanOrEqual(made.updatedAtMs);
    expect(ended?.createdAtMs).toBe(made.createdAtMs);
  });

  test("a reason that is too long is shortened", async () => {
    const made = requestOf(await requests().submit(newRequest("job", "reason")));
    const rejectReason = "🙂".repeat(300);
    const moved = await requests().move(made, "PENDING APPROVAL", "REJECTED", { rejectReason });
    expect(moved?.rejectReason).toBe(`${"🙂".repeat(254)}…`);
  });

  test("stuck are those that are APPLYING since before then", async () => {
    const made = requestOf(await requests().submit(newRequest("store", "stuck")));
    const applying = await requests().move(made, "PENDING APPROVAL", "APPLYING", {});
    const atMs = applying?.updatedAtMs ?? 0;
    const has = async (beforeMs: number): Promise<boolean> =>
      (await requests().stuck(beforeMs)).some(({ kind, id }) => kind === "store" && id === made.id);
    expect(await has(atMs)).toBe(false);
    expect(await has(atMs + 1)).toBe(true);
    await requests().move(made, "APPLYING", "APPROVED", {});
    expect(await has(atMs + 60_000)).toBe(false);
  });

  test.each([
    ["a label that is missing", { payload: { "user-id": "a" } }, /entity-label must be text/],
    ["a label that is no text", { payload: { "entity-label": 7 } }, /entity-label must be text/],
    ["a subject that is too long", { subject: "s".repeat(256) }, /subject has 256 characters/],
    [
      "a payload that is too large",
      { payload: { "entity-label": "e", text: "x".repeat(65_536) } },
      /at most 65535/,
    ],
  ])("refuses %s", async (_, change, message) => {
    const refused = requests().submit(newRequest("entity", "refused", change));
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
}

/** Lists, in a database of their own. */
export function testRequestLists(database: () => Database): void {
  const list: Database["requests"]["list"] = (filter) => database().requests.list(filter);

  async function fill(): Promise<ChangeRequest[]> {
    const { requests } = database();
    const made: ChangeRequest[] = [];
    for (const [kind, label, createdBy] of [
      ["store", "list_table", "a@x.io"],
      ["job", "list_job", "b@x.io"],
      ["entity", "list_user", "a@x.io"],
      ["entity-edit", "list_user", "b@x.io"],
      ["features-add", "list_user", "a@x.io"],
      ["features-delete", "list_100%", "a@x.io"],
    ] as const) {
      made.push(requestOf(await requests.submit(newRequest(kind, label, { createdBy }))));
    }
    const [, , entity] = made as [ChangeRequest, ChangeRequest, ChangeRequest];
    const rejection = { approvedBy: "Boss@x.io" };
    const rejected = await requests.move(entity, "PENDING APPROVAL", "REJECTED", rejection);
    made[2] = rejected as ChangeRequest;
    return made;
  }

  const labels = ({ requests }: Awaited<ReturnType<typeof list>>): string[] =>
    requests.map(({ kind, id }) => `${kind} ${id}`);

  test("lists: newest first, filters, search, pages", async () => {
    const [store, job, entity, edit, add, remove] = (await fill()) as [
      ChangeRequest,
      ChangeRequest,
      ChangeRequest,
      ChangeRequest,
      ChangeRequest,
      ChangeRequest,
    ];
    const kinds = CHANGE_KINDS;
    const names = (...wanted: ChangeRequest[]): string[] =>
      wanted.map(({ kind, id }) => `${kind} ${id}`).sort();

    const all = await list({ kinds });
    expect(all.total).toBe(6);
    expect([...labels(all)].sort()).toEqual(names(store, job, entity, edit, add, remove));
    for (const [index, { createdAtMs }] of all.requests.entries()) {
      expect(createdAtMs).toBeLessThanOrEqual(all.requests[index - 1]?.createdAtMs ?? Infinity);
    }
    expect(labels(await list({ kinds: ["entity", "entity-edit"] }))).toEqual([
      `entity-edit ${edit.id}`,
      `entity ${entity.id}`,
    ]);
    expect((await list({ kinds: ["entity"] })).requests).toEqual([entity]);
    expect(await list({ kinds: [] })).toEqual({ requests: [], total: 0 });
    expect(labels(await list({ kinds, createdBy: "b@x.io" })).sort()).toEqual(names(job, edit));
    expect(labels(await list({ kinds, statuses: ["REJECTED"] }))).toEqual(names(entity));
    expect((await list({ kinds, statuses: ["REJECTED", "PENDING APPROVAL"] })).total).toBe(6);
    expect((await list({ kinds, statuses: [] })).total).toBe(0);

    const search = async (text: string) => labels(await list({ kinds, search: text })).sort();
    expect(await search("LIST_user")).toEqual(names(entity, edit, add));
    expect(await search("list_table")).toEqual(names(store));
    expect(await search("boss")).toEqual(names(entity));
    expect(await search("b@x")).toEqual(names(job, edit));
    expect(await search("100%")).toEqual(names(remove));
    expect(await search("l_st")).toEqual([]);
    expect(await search("'; drop table store; --")).toEqual([]);

    const paged: string[] = [];
    for (let offset = 0; offset < 8; offset += 2) {
      const page = await list({ kinds, offset, limit: 2 });
      expect(page.total).toBe(6);
      paged.push(...labels(page));
    }
    expect(paged).toEqual(labels(all));
    expect(labels(await list({ kinds, offset: 4 }))).toEqual(labels(all).slice(4));
  });

  test.each([{ limit: 0 }, { limit: 10_001 }, { offset: -1 }, { limit: 1.5 }])(
    "refuses %j",
    async (page) => {
      const refused = list({ kinds: ["entity"], ...page });
      await expect(refused).rejects.toBeInstanceOf(FeatureStoreError);
      await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    },
  );
}
