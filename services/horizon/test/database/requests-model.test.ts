import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHANGE_KINDS, type ChangeKind } from "../../src/changes/model.ts";
import { openDatabase } from "../../src/database/index.ts";
import { type Database, REQUEST_STATUSES, type RequestStatus } from "../../src/database/ports.ts";
import { newRequest, silentLog } from "./new-requests.ts";

const { OFS_PROPERTY_RUNS = "60" } = process.env;
/** All runs share a database, and each searches it. */
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), 2000);
const folder = mkdtempSync(join(tmpdir(), "ofs-database-model-"));
let database: Database;
let runCount = 0;

beforeAll(async () => {
  database = await openDatabase({ kind: "embedded", folder }, silentLog);
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface ModelRequest {
  readonly kind: ChangeKind;
  readonly subject: string;
  readonly id: number;
  status: RequestStatus;
  attempt: number;
}

const waits = ({ status }: ModelRequest): boolean =>
  status === "PENDING APPROVAL" || status === "APPLYING";

/** What the requests of one run should be, kept in the plainest way. */
class Model {
  readonly requests: ModelRequest[] = [];
  readonly keys = new Map<string, ModelRequest>();

  waiting(kind: ChangeKind, subject: string): ModelRequest | undefined {
    return this.requests.find(
      (each) => each.kind === kind && each.subject === subject && waits(each),
    );
  }
}

const kind = fc.constantFrom<ChangeKind>(...CHANGE_KINDS.slice(2, 5));
const status = fc.constantFrom(...REQUEST_STATUSES);
const step = fc.oneof(
  fc.record({
    do: fc.constant("submit" as const),
    kind,
    subject: fc.constantFrom("a", "b"),
    key: fc.option(fc.constantFrom("k", "l", "m"), { nil: undefined }),
  }),
  fc.record({
    do: fc.constant("move" as const),
    index: fc.nat(5),
    from: status,
    to: status,
    attempt: fc.option(fc.nat(2), { nil: undefined }),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function submit(model: Model, run: number, each: Step & { do: "submit" }): Promise<void> {
  const subject = `${run}-${each.subject}`;
  const idempotencyKey = each.key === undefined ? undefined : `${run}-${each.key}`;
  const submitting = database.requests.submit(newRequest(each.kind, subject, { idempotencyKey }));
  const used = idempotencyKey === undefined ? undefined : model.keys.get(idempotencyKey);
  if (used !== undefined) {
    if (used.kind === each.kind && used.subject === subject) {
      expect(await submitting).toMatchObject({ isRepeated: true, request: { id: used.id } });
    } else {
      await expect(submitting).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    }
    return;
  }
  const waiting = model.waiting(each.kind, subject);
  const submitted = await submitting;
  if (waiting !== undefined) {
    expect(submitted).toMatchObject({ waiting: { id: waiting.id } });
    return;
  }
  expect(submitted).toMatchObject({ isRepeated: false, request: { status: "PENDING APPROVAL" } });
  const { id } = (submitted as { request: { id: number } }).request;
  const made: ModelRequest = {
    kind: each.kind,
    subject,
    id,
    status: "PENDING APPROVAL",
    attempt: 0,
  };
  model.requests.push(made);
  if (idempotencyKey !== undefined) model.keys.set(idempotencyKey, made);
}

async function move(model: Model, each: Step & { do: "move" }): Promise<void> {
  const request = model.requests[each.index];
  if (request === undefined) return;
  const change = each.attempt === undefined ? {} : { attempt: each.attempt };
  const moving = database.requests.move(request, each.from, each.to, change);
  const isAllowed =
    request.status === each.from && (each.attempt ?? request.attempt) === request.attempt;
  if (!isAllowed) {
    // The subject may be taken as well; either way nothing is changed.
    const outcome = await moving.catch((error: { code: string }) => error.code);
    expect([undefined, "FAILED_PRECONDITION"]).toContain(outcome);
    return;
  }
  const after = { ...request, status: each.to };
  const other = model.waiting(request.kind, request.subject);
  if (waits(after) && other !== undefined && other !== request) {
    await expect(moving).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    return;
  }
  request.status = each.to;
  request.attempt += 1;
  expect(await moving).toMatchObject({ status: request.status, attempt: request.attempt });
}

test("requests are as in a model that keeps them in a list", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      runCount += 1;
      const run = runCount;
      const model = new Model();
      for (const each of steps) {
        if (each.do === "submit") await submit(model, run, each);
        else await move(model, each);
      }
      const { requests, total } = await database.requests.list({
        kinds: CHANGE_KINDS,
        search: `${run}-`,
        limit: 1000,
      });
      const ours = requests.filter(({ payload }) =>
        String(payload["entity-label"]).startsWith(`${run}-`),
      );
      expect(total).toBeGreaterThanOrEqual(ours.length);
      const summary = (each: Omit<ModelRequest, "subject">): string =>
        `${each.kind} ${each.id} ${each.status} ${each.attempt}`;
      expect(ours.map(summary).sort()).toEqual(model.requests.map(summary).sort());
    }),
    { numRuns: RUNS },
  );
});
