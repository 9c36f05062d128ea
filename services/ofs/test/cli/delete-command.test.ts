import { join } from "node:path";
import { DEFAULT_TOPIC } from "@ofs/consumer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliRun, cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

const STARTING_MS = 120_000;
const CALLING_MS = 60_000;

/** The command against a fleet, both in this process: through the embedded log into the embedded store. */
const temporary = temporaryFolder();
let fleet: TestFleet | undefined;

beforeAll(async () => {
  fleet = await startTestFleet(join(temporary.path, "data"));
}, STARTING_MS);

afterAll(async () => {
  await fleet?.stop();
  temporary.remove();
}, STARTING_MS);

function ofs(...args: readonly string[]): Promise<CliRun> {
  return cliRun([...args, "--address", fleet?.address ?? ""]);
}

function ingest(...args: readonly string[]): Promise<CliRun> {
  return ofs(...args, "--consumer", fleet?.consumerAddress ?? "");
}

const FEATURES = ["ratings:imdb_rating", "facts:title"] as const;

/** Rating and title. */
async function read(film: string): Promise<string[]> {
  const { stdout } = await ofs("get", "movie", film, "--features", ...FEATURES, "--text");
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[2]?.trim() ?? "");
}

async function put(film: string): Promise<void> {
  const row = JSON.stringify({ movie_id: film, imdb_rating: 7.5, title: "A film" });
  expect(await ofs("put", "movie", row)).toMatchObject({ exitCode: 0 });
}

describe("ofs delete", () => {
  it(
    "takes groups away, or all, which readers see at once although they have cached them",
    async () => {
      const never = await read("never-written");
      await put("gone");
      expect(await read("gone")).toEqual(["7.5", "A film"]);
      const some = await ingest("delete", "movie", "gone", "--groups", "ratings", "--wait");
      expect(some).toMatchObject({
        exitCode: 0,
        stdout: `deletes of 1 keys are read from ${DEFAULT_TOPIC}\n`,
      });
      expect(await read("gone")).toEqual([never[0], "A film"]);
      const all = await ingest("delete", "movie", "gone", "other", "--wait", "--json");
      expect(JSON.parse(all.stdout).records).toHaveLength(2);
      expect(await read("gone")).toEqual(never);
      await put("gone");
      expect(await read("gone")).toEqual(["7.5", "A film"]);
    },
    CALLING_MS,
  );

  it(
    "tells what would go, and leaves it",
    async () => {
      await put("kept");
      const run = await ingest(
        "delete",
        "movie",
        "kept",
        "--groups",
        "facts, ratings",
        "--dry-run",
      );
      expect(run).toMatchObject({ exitCode: 0, stdout: "movie kept: facts, ratings\n" });
      expect(run.stderr).toContain("1 keys would lose these groups; nothing deleted");
      expect((await ingest("delete", "route", "SEA,SFO", "--dry-run")).stdout).toMatch(
        /^route SEA,SFO: \w+, /,
      );
      expect(await read("kept")).toEqual(["7.5", "A film"]);
    },
    CALLING_MS,
  );

  it.each([
    [["delete", "moive", "x"], 2, /no entity "moive" \(did you mean "movie"\?\)/],
    [["delete", "movie"], 2, /missing required argument 'key'/],
    [["delete", "movie", "x", "--groups", "rating"], 2, /no feature group "rating"/],
    [["delete", "route", "SEA"], 2, /key "SEA" has 1 of 2 columns/],
    [["delete", "movie", "x", "--topic", "t"], 1, /nobody reads topic t/],
  ])("refuses %j with %d", async (args, exitCode, message) => {
    const run = await ingest(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode, stdout: "" });
  });
});
