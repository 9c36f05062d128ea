import { SinkError } from "@ofs/ingest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deadLetterRoutes } from "../../src/http/dead-letter-routes.ts";
import { letter, message } from "../support/letters.ts";
import { MemoryLog, readTopic } from "../support/memory-log.ts";
import { startTestHttp, type TestHttp } from "../support/test-http.ts";

let log: MemoryLog;
let http: TestHttp;

beforeEach(async () => {
  log = new MemoryLog();
  log.addTopic("features.dlq", 2);
  log.addTopic("features", 1);
  http = await startTestHttp(
    deadLetterRoutes({
      topics: () => [
        readTopic("features", log),
        readTopic("rows", log, { dialect: "row", deadLetterTopic: "features.dlq" }),
      ],
      snapshot: () => undefined,
      monotonicNow: () => performance.now(),
    }),
  );
});

afterEach(() => http.close());

function replay(body: object) {
  return http.call("/dlq/features/replay", { method: "POST", body: JSON.stringify(body) });
}

function textHeaders(record: { readonly headers: readonly (readonly [string, Uint8Array])[] }) {
  return record.headers.map(([name, value]) => [name, Buffer.from(value).toString()]);
}

describe("GET /dlq/{topic}", () => {
  it("lists what matches every filter", async () => {
    log.add(letter({}, message("1")));
    log.add(letter({ code: "NOT_FOUND", error: "no entity" }, message("2", "item")));
    log.add({ ...letter({ topic: "another" }, message("3")), partition: 1 });
    log.nowMs += 1_000;
    log.add({ ...letter({}, message("4")), partition: 1 });

    const listed = async (query: string) => {
      const { status, body } = await http.call(`/dlq/features${query}`);
      expect(status).toBe(200);
      return body.letters.map((one: { partition: number; offset: number }) => [
        one.partition,
        one.offset,
      ]);
    };
    expect(await listed("")).toEqual([
      [0, 0],
      [0, 1],
      [1, 1],
    ]);
    expect(await listed("?code=not_found")).toEqual([[0, 1]]);
    expect(await listed("?error=NO%20ENTITY")).toEqual([[0, 1]]);
    expect(await listed("?entity=item")).toEqual([[0, 1]]);
    expect(await listed(`?from=${log.nowMs}`)).toEqual([[1, 1]]);
    expect(await listed(`?to=${new Date(log.nowMs).toISOString()}`)).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(await listed("?partition=1")).toEqual([[1, 1]]);
  });

  it("gives pages that together are all, and no letters that came later", async () => {
    for (let index = 0; index < 5; index++) {
      log.add({ ...letter({}, message(String(index))), partition: index % 2 });
    }
    const offsets: string[] = [];
    let cursor = "";
    for (let page = 0; page < 10; page++) {
      const { body } = await http.call(`/dlq/features?limit=2&cursor=${cursor}`);
      offsets.push(
        ...body.letters.map(
          (one: { partition: number; offset: number }) => `${one.partition}/${one.offset}`,
        ),
      );
      log.add(letter({}, message("later")));
      cursor = body.cursor ?? "";
      if (cursor === "") break;
    }
    expect(offsets).toEqual(["0/0", "0/1", "0/2", "1/0", "1/1"]);
  });

  it("knows a topic without dead letters", async () => {
    log.partitions.delete("features.dlq");
    expect((await http.call("/dlq/features")).body).toEqual({
      deadLetterTopic: "features.dlq",
      letters: [],
      scannedCount: 0,
    });
  });

  it.each([
    ["/dlq/other", 404, /nobody reads topic other; topics are features, rows/],
    ["/dlq/features?limit=0", 400, /limit must be a whole number from 1 to 1000, not '0'/],
    ["/dlq/features?from=soon", 400, /from must be Unix milliseconds .* not 'soon'/],
    ["/dlq/features?entty=x", 400, /there is no field 'entty'; there are code, error, entity/],
    ["/dlq/features?cursor=x", 400, /cursor must be one that an earlier answer gave/],
    ["/dlq/features/0/9", 404, /no letter at offset 9 of partition 0 of features\.dlq/],
    ["/dlq/features/0/x", 400, /offset must be a whole number/],
  ])("refuses %s", async (path, status, error) => {
    const answer = await http.call(path);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(error);
  });
});

describe("GET /dlq/{topic}/{partition}/{offset}", () => {
  it("shows the message by its names, its headers and bytes", async () => {
    const value = message("1");
    log.add(letter({ field: "clicks" }, value, [["source", Buffer.from("spark")]]));
    const { body } = await http.call("/dlq/features/0/0");
    expect(body).toMatchObject({
      origin: { topic: "features", partition: 0, offset: 5, time: "2020-09-13T12:26:40.000Z" },
      code: "INVALID_ARGUMENT",
      field: "clicks",
      entity: "user",
      key: "user:1",
      headers: [["source", "spark"]],
      message: {
        entity: "user",
        isEntityKnown: false,
        rowCount: 1,
        rows: [{ keys: { user_id: "1" }, values: { counts: { clicks: "7", views: "8" } } }],
      },
      value: Buffer.from(value).toString("base64"),
    });
  });

  it("shows what is no message", async () => {
    log.add(letter({}, Buffer.from([0xff, 0xff])));
    const { body } = await http.call("/dlq/features/0/0");
    expect(body.message.fault).toMatch(/./);
    expect(body.value).toBe("//8=");
  });
});

describe("POST /dlq/{topic}/replay", () => {
  it("puts messages back with key, own headers, attempts and the time that they counted for", async () => {
    log.add(letter({ attempts: "3" }, message("1"), [["source", Buffer.from("spark")]]));
    const { status, body } = await replay({});
    expect([status, body]).toEqual([
      200,
      { replayedCount: 1, skippedCount: 0, scannedCount: 1, isDryRun: false },
    ]);
    const [record] = log.produced;
    expect(record).toMatchObject({ topic: "features", key: Buffer.from("user:1") });
    expect(Buffer.from(record?.value ?? [])).toEqual(Buffer.from(message("1")));
    expect(textHeaders(record as (typeof log.produced)[number])).toEqual([
      ["source", "spark"],
      ["dlq-attempts", "3"],
      ["write-time", "1600000000000"],
    ]);
  });

  it("keeps a write time that the producer gave", async () => {
    log.add(letter({}, message("1"), [["write-time", Buffer.from("1500000000000")]]));
    await replay({});
    expect(textHeaders(log.produced[0] as (typeof log.produced)[number])).toEqual([
      ["write-time", "1500000000000"],
      ["dlq-attempts", "1"],
    ]);
  });

  it("counts only in a dry run", async () => {
    log.add(letter({}, message("1")));
    const { body } = await replay({ dryRun: true });
    expect(body).toMatchObject({ replayedCount: 1, isDryRun: true });
    expect(log.produced).toEqual([]);
  });

  it("skips what holds no message, and says so", async () => {
    log.add(letter({}, undefined));
    expect((await replay({})).body).toMatchObject({ replayedCount: 0, skippedCount: 1 });
  });

  it("takes a message that was too large for its letter from where it was, while it is there", async () => {
    const original = { topic: "features", key: Buffer.from("k"), value: message("1"), headers: [] };
    log.add(original);
    log.add(letter({ offset: "0", "omitted-bytes": "9", attempts: "2" }, undefined));
    log.add(letter({ offset: "7", "omitted-bytes": "9" }, undefined));
    expect((await replay({})).body).toMatchObject({ replayedCount: 1, skippedCount: 1 });
    const [record] = log.produced as [(typeof log.produced)[number]];
    expect(record).toMatchObject({ key: original.key, value: original.value });
    expect(textHeaders(record)).toEqual([
      ["dlq-attempts", "2"],
      ["write-time", "1600000000000"],
    ]);
  });

  it("ends where it began to fail, and goes on from there", async () => {
    for (let index = 0; index < 250; index++) log.add(letter({}, message(String(index))));
    log.failure = { afterCalls: 1, error: new SinkError("UNAVAILABLE", "the broker is away") };
    const failed = await replay({ rate: 100_000 });
    expect(failed).toMatchObject({
      status: 503,
      body: { replayedCount: 100, error: "the broker is away", code: "Unavailable" },
    });
    log.failure = undefined;
    const { body } = await replay({ cursor: failed.body.cursor, rate: 100_000 });
    expect(body).toMatchObject({ replayedCount: 150 });
    expect(log.produced.length).toBe(250);
  });

  it("holds to its rate", async () => {
    for (let index = 0; index < 6; index++) log.add(letter({}, message(String(index))));
    const startMs = performance.now();
    await replay({ rate: 20 });
    // Five at once, then a quarter of a second.
    expect(performance.now() - startMs).toBeGreaterThan(240);
    expect(log.produced.length).toBe(6);
  });

  it.each([
    [{ dryrun: true }, /there is no field 'dryrun'/],
    [{ rate: 0 }, /rate must be a whole number from 1/],
    [{ dryRun: "maybe" }, /dryRun must be true or false, not 'maybe'/],
    [{ code: [] }, /code must be a text, a number or a flag/],
  ])("refuses %j", async (body, error) => {
    const answer = await replay(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(error);
  });
});

describe("letters of the row dialect", () => {
  const row = '{"id": 9007199254740993, "note": "a"}';
  const older = JSON.stringify({ FeatureGroup: "Stats", Features: row });

  it("tell their feature group and their text, and are found by it", async () => {
    const about = { topic: "rows" };
    log.add(letter(about, Buffer.from(row), [["feature-group-name", Buffer.from("stats")]]));
    log.add(letter(about, Buffer.from(older)));
    log.add(letter(about, Buffer.from([0xff])));
    const { body } = await http.call("/dlq/rows");
    const groups = body.letters.map(({ entity }: { entity?: string }) => entity);
    expect(groups).toEqual(["stats", "Stats", undefined]);
    expect((await http.call("/dlq/rows?entity=Stats")).body.letters).toHaveLength(1);
    expect((await http.call("/dlq/rows/0/0")).body).toMatchObject({
      entity: "stats",
      message: row,
    });
    expect((await http.call("/dlq/features")).body.letters).toEqual([]);
  });

  it("are replayed with all headers of the record", async () => {
    const own = [
      ["sdk-version", Buffer.from("v2")],
      ["feature-group-name", Buffer.from("stats")],
      ["run-id", Buffer.from("r7")],
    ] as const;
    log.add(letter({ topic: "rows" }, Buffer.from(row), own));
    const init = { method: "POST", body: "{}" };
    expect((await http.call("/dlq/rows/replay", init)).body).toMatchObject({ replayedCount: 1 });
    const [record] = log.produced;
    expect([record?.topic, Buffer.from(record?.value ?? []).toString()]).toEqual(["rows", row]);
    expect(textHeaders(record ?? { headers: [] })).toEqual([
      ["sdk-version", "v2"],
      ["feature-group-name", "stats"],
      ["run-id", "r7"],
      ["dlq-attempts", "1"],
      ["write-time", "1600000000000"],
    ]);
  });
});
