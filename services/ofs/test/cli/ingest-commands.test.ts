import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_TOPIC } from "@ofs/consumer";
import { freePort } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliRun, cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

/** The commands about ingestion against a fleet, both in this process. */
const temporary = temporaryFolder();
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await startTestFleet(join(temporary.path, "data"));
});

afterAll(async () => {
  await fleet.stop();
  temporary.remove();
});

function ofs(...args: readonly string[]): Promise<CliRun> {
  return cliRun([...args, "--address", fleet.address]);
}

function ingest(...args: readonly string[]): Promise<CliRun> {
  return ofs(...args, "--consumer", fleet.consumerAddress);
}

/** Runs a command that must succeed. */
async function output(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await ingest(...args);
  expect(stderr).not.toContain("error");
  expect(exitCode).toBe(0);
  return stdout;
}

async function rating(film: string): Promise<string> {
  const { stdout } = await ofs("get", "movie", film, "--features", "ratings:imdb_rating", "--text");
  return stdout.split("\t")[2]?.trim() ?? "";
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(temporary.path, name);
  writeFileSync(path, content);
  return path;
}

describe("ofs produce", () => {
  it("brings a row into the store, which readers see at once although they have cached the older", async () => {
    expect(await rating("produced")).toBe("-1");
    const row = '{"movie_id": "produced", "imdb_rating": 7.5}';
    expect(await output("produce", "movie", row, "--wait")).toBe(
      `1 messages are read from ${DEFAULT_TOPIC}\n`,
    );
    expect(await rating("produced")).toBe("7.5");
  });

  it("takes files of rows, and tells where the messages are", async () => {
    const lines = ["a", "b", "c"].map((name, index) => `file-${name},${index + 0.5}`);
    const path = file("films.csv", ["movie_id,imdb_rating", ...lines, "file-a,9.5"].join("\n"));
    const { records } = JSON.parse(
      await output("produce", "movie", "--file", path, "--wait", "--json"),
    );
    expect(records).toHaveLength(4);
    // Rows of one key are in one partition, so that the last counts.
    expect(records[0].partition).toBe(records[3].partition);
    expect(await rating("file-a")).toBe("9.5");
    expect(await rating("file-c")).toBe("2.5");
  });

  it("checks the input before it sends anything", async () => {
    const path = file("bad.csv", "movie_id,imdb_rating\ngood,1\nbad,x\n");
    const before = JSON.parse(await output("lag", "--json"));
    const run = await ingest("produce", "movie", "--file", path);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(/line 3: column "imdb_rating"/);
    const after = JSON.parse(await output("lag", "--json"));
    expect(after.topics).toEqual(before.topics);
  });

  it.each([
    [["produce", "moive", "{}"], 2, /no entity "moive" \(did you mean "movie"\?\)/],
    [["produce", "movie"], 2, /no rows/],
    [
      ["produce", "movie", '{"movie_id": "x", "imdb_rating": 1}', "--topic", "t"],
      1,
      /nobody reads topic t/,
    ],
    [["produce", DEFAULT_TOPIC, "--raw", "/none"], 2, /--raw \/none: ENOENT/],
    [["produce", "movie", "--raw", "x", "--file", "y"], 2, /cannot be used with/],
    [["lag", "--consumer", "no port/"], 2, /must be host:port, or http/],
  ])("refuses %j with %d", async (args, exitCode, message) => {
    const run = await ingest(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode, stdout: "" });
  });

  it("says where no consumer answers", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const run = await ofs("lag", "--consumer", address);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(`no consumer answers at ${address}: connect ECONNREFUSED`);
    expect(run.stderr).toMatch("OFS_CONSUMER_ADDRESS");
  });
});

describe("ofs lag", () => {
  it("has a line a partition", async () => {
    await output("produce", "movie", '{"movie_id": "lag", "imdb_rating": 1}', "--wait");
    const lines = (await output("lag")).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^topic +partition +committed +end +lag +state$/);
    expect(lines.slice(2, 6).every((line) => / 0 +reading$/.test(line))).toBe(true);
    expect(lines.at(-1)).toBe("group onfs-consumer: 0 records behind");
  });
});

describe("ofs dlq", () => {
  it("lists, shows and replays what could not be stored", async () => {
    expect(await output("dlq", "ls")).toBe(`no such letters in ${DEFAULT_TOPIC}.dlq\n`);
    const path = file("poison.bin", Buffer.from([0xff, 0xff, 0xff]));
    await output("produce", DEFAULT_TOPIC, "--raw", path, "--key", "poison", "--wait");

    const [letter] = JSON.parse(await output("dlq", "ls", "--json")).letters;
    expect(letter).toMatchObject({
      code: "INVALID_ARGUMENT",
      key: "poison",
      attempts: 1,
      origin: { topic: DEFAULT_TOPIC },
    });
    expect(await output("dlq", "ls", "--code", "INVALID_ARGUMENT")).toMatch(
      /^\d+ +\d+ +\d{4}-.*INVALID_ARGUMENT/m,
    );
    const shown = JSON.parse(
      await output("dlq", "show", String(letter.partition), String(letter.offset)),
    );
    expect(shown).toMatchObject({ value: "////", message: { fault: expect.any(String) } });

    expect(await output("dlq", "replay", "--dry-run")).toBe(
      `1 messages would be replayed into ${DEFAULT_TOPIC}\n`,
    );
    expect(await output("dlq", "replay")).toBe(`1 messages replayed into ${DEFAULT_TOPIC}\n`);
  });

  it.each([
    [["dlq", "ls", "--topic", "other"], 1, /nobody reads topic other/],
    [["dlq", "ls", "--from", "soon"], 2, /from must be Unix milliseconds/],
    [["dlq", "show", "0", "999"], 1, /no letter at offset 999/],
    [["dlq", "replay", "--rate", "0"], 2, /rate must be a whole number from 1/],
  ])("refuses %j with %d", async (args, exitCode, message) => {
    const run = await ingest(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode, stdout: "" });
  });
});
