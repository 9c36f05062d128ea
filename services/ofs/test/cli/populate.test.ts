import { join } from "node:path";
import { freePort, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestTable } from "../../../populator/test/support/test-table.ts";
import { call, entityBody, groupBody } from "../rows/darwin-client.ts";
import { type CliRun, cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

/** Tables into a fleet and out again, both dialects; all in this process. */
const START_TIMEOUT_MS = 60_000;
/** The first table starts the threads that decode files. */
const LIMIT = { timeout: 120_000 };
const FILMS = 3_000;
const temporary = temporaryFolder();
let fleet: TestFleet;

beforeAll(async () => {
  fleet = await startTestFleet(join(temporary.path, "data"));
}, START_TIMEOUT_MS);

afterAll(async () => {
  await fleet.stop();
  temporary.remove();
}, START_TIMEOUT_MS);

function populate(...args: readonly string[]): Promise<CliRun> {
  return cliRun(["populate", ...args, "--populator", fleet.populatorAddress]);
}

/** Waits until the consumer has stored all that is in the log. */
async function whenStored(): Promise<void> {
  await waitUntil(
    async () => {
      const response = await fetch(`http://${fleet.consumerAddress}/lag`);
      return ((await response.json()) as { lag: number }).lag === 0;
    },
    { what: "the consumer to be done", timeoutMs: START_TIMEOUT_MS },
  );
}

function newTable(name: string, columns: Readonly<Record<string, string>>): TestTable {
  return new TestTable(join(temporary.path, name), columns);
}

describe("ofs populate run", LIMIT, () => {
  it("brings a table into an entity, and readers see all of it", async () => {
    const table = newTable("films", { id: "string", stars: "double" });
    await table.commit(
      `select 'delta-' || i as id, i / 4 as stars from range(${FILMS}) t(i)`,
      "select null::varchar as id, 1.0::double as stars",
    );
    const columns = ["--column", "id=movie_id", "--column", "stars=ratings:imdb_rating"];
    const run = await populate("run", table.path, "--entity", "movie", ...columns);
    expect(run.stdout).toMatch(/^films: COMPLETED, version 0 of 0, 0 files to do\n/);
    expect(run.stdout).toContain(`${FILMS} rows sent, 1 refused, 0 left out by the filter\n`);
    expect(run.stdout).toContain(
      "refused: null-key movie_id: 1 rows, for example key movie_id is null",
    );
    expect(run.exitCode).toBe(0);
    await whenStored();
    const films = [0, 1, 1234, FILMS - 1];
    const keys = films.map((film) => `delta-${film}`);
    const read = await cliRun([
      ...["get", "movie", ...keys, "--features", "ratings:imdb_rating", "--text"],
      ...["--address", fleet.address],
    ]);
    const values = read.stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t").at(-1)?.trim());
    expect(values).toEqual(films.map((film) => String(film / 4)));
  });

  it("brings a table into a feature group of the row dialect, and tells the control plane", async () => {
    const admin = `http://${fleet.horizonAddress}`;
    const entity = entityBody("riders", { rider_id: "BIGINT" });
    expect((await call(admin, "POST", "/entity", entity)).status).toBe(200);
    const group = groupBody("rider_stats", "riders", {
      rides: "INT",
      fare: "DECIMAL",
      note: "TEXT",
    });
    expect((await call(admin, "POST", "/feature-group", group)).status).toBe(200);
    const table = newTable("riders", {
      rider_id: "long",
      rides: "integer",
      fare: "decimal(20,3)",
      note: "string",
    });
    await table.commit(
      "select 9007199254740993 + i as rider_id, i::int as rides, (i / 8)::decimal(20,3) as fare, case when i % 2 = 0 then 'even' end as note from range(500) t(i)",
    );
    const run = await populate(
      "run",
      table.path,
      "--feature-group",
      "rider_stats",
      "--versions",
      "0..",
    );
    expect([run.exitCode, run.stderr]).toEqual([0, expect.not.stringContaining("error")]);
    expect(run.stdout).toContain("500 rows sent, 0 refused");
    const body = `{"featureGroupName":"rider_stats","featureColumns":["rides","fare","note"],"primaryKeys":{"names":["rider_id"],"values":[[9007199254740993],[9007199254740994],[9007199254741001]]}}`;
    await waitUntil(
      async () => {
        const { text } = await call(
          `http://${fleet.rowAddress}`,
          "GET",
          "/feature-group/read-features",
          body,
        );
        return (
          text.includes('{"key":[9007199254740993],"features":[0,0.000,"even"]}') &&
          text.includes('{"key":[9007199254740994],"features":[1,0.125,null]}') &&
          text.includes('{"key":[9007199254741001],"features":[8,1.000,"even"]}')
        );
      },
      { what: "the rows to be read", timeoutMs: START_TIMEOUT_MS },
    );
    await waitUntil(
      async () => {
        const { json } = await call(admin, "GET", "/feature-group/run-data?name=rider_stats");
        return (
          json.data.length === 1 &&
          json.data[0].count === 500 &&
          json.data[0].status === "SUCCESS" &&
          json.data[0].sampleData.length === 10 &&
          json.data[0].sampleData[1].note === undefined &&
          json.data[0].sampleData[8].fare === 1
        );
      },
      { what: "the run to be told to the control plane", timeoutMs: START_TIMEOUT_MS },
    );
  });

  it("takes away what a version of a table took away, in both dialects", async () => {
    const admin = `http://${fleet.horizonAddress}`;
    const entity = entityBody("trips", { trip_id: "BIGINT", day: "TEXT" });
    expect((await call(admin, "POST", "/entity", entity)).status).toBe(200);
    const group = groupBody("trip_stats", "trips", { rating: "INT" });
    expect((await call(admin, "POST", "/feature-group", group)).status).toBe(200);
    const rows = (...ids: readonly number[]): string =>
      `select i::bigint as trip_id, 'd' || i as day, i::int as rating from (values ${ids.map((id) => `(${id})`).join()}) t(i)`;
    const trips = newTable("trips", { trip_id: "long", day: "string", rating: "integer" });
    await trips.commit(rows(1, 2, 3));
    await trips.replace(rows(2, 4));
    const films = newTable("shrinking", { movie_id: "string", imdb_rating: "double" });
    const film = (name: string): string =>
      `select '${name}' as movie_id, 5.5::double as imdb_rating`;
    await films.commit(film("kept"), film("gone"));
    await films.replace(film("kept"));
    const options = ["--versions", "0..", "--deletes", "tombstone"];
    const [first, second] = [
      await populate("run", trips.path, "--feature-group", "trip_stats", ...options),
      await populate("run", films.path, "--entity", "movie", ...options),
    ];
    expect([first.stdout, second.stdout]).toEqual([
      expect.stringMatching(/5 rows sent, 0 refused.*\n2 keys deleted\n/),
      expect.stringMatching(/3 rows sent, 0 refused.*\n1 keys deleted\n/),
    ]);
    await whenStored();
    const keys = [1, 2, 3, 4].map((id) => `[${id},"d${id}"]`).join();
    const body = `{"featureGroupName":"trip_stats","featureColumns":["rating"],"primaryKeys":{"names":["trip_id","day"],"values":[${keys}]}}`;
    await waitUntil(
      async () => {
        const address = `http://${fleet.rowAddress}`;
        const { json } = await call(address, "GET", "/feature-group/read-features", body);
        const found = json.data?.successfulKeys?.map((row: { key: unknown }) => row.key);
        return JSON.stringify(found) === '[[2,"d2"],[4,"d4"]]';
      },
      { what: "the deleted rows to be missing", timeoutMs: START_TIMEOUT_MS },
    );
    const read = await cliRun([
      ...["get", "movie", "kept", "gone", "--features", "ratings:imdb_rating", "--text"],
      ...["--address", fleet.address],
    ]);
    const values = read.stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t").at(-1)?.trim());
    expect(values[0]).toBe("5.5");
    expect(values[1]).not.toBe("5.5");
  });

  it("refuses what does not fit, naming the columns, and begins nothing", async () => {
    const table = newTable("misfit", { movie_id: "string", imdb_rating: "string" });
    await table.commit("select 'a' as movie_id, 'b' as imdb_rating");
    const run = await populate("run", table.path, "--entity", "movie");
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("imdb_rating (string cannot be sent as DataTypeFP32");
    expect((await populate("status", "misfit")).stderr).toContain(
      "there is no run for table misfit",
    );
  });

  it.each([
    [["run", "/nowhere", "--entity", "movie"], 1, /nowhere/],
    [
      ["run", ".", "--entity", "movie", "--versions", "x"],
      2,
      /--versions x: it must be FROM\.\.TO/,
    ],
    [
      ["run", ".", "--entity", "movie", "--column", "x"],
      2,
      /--column x: it must be TABLE_COLUMN=TARGET/,
    ],
    [
      ["run", ".", "--entity", "movie", "--filter", "x"],
      2,
      /--filter x: it must be COLUMN OPERATOR VALUE/,
    ],
    [["pause", "nobody"], 1, /there is no run for table nobody/],
  ])("refuses %j with %d", async (args, exitCode, message) => {
    const run = await populate(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode, stdout: "" });
  });
});

describe("ofs populate", LIMIT, () => {
  it("lists runs, tells of one, and does things to it", async () => {
    const table = newTable("watched", { movie_id: "string", imdb_rating: "double" });
    await table.commit("select 'w' as movie_id, 5.0::double as imdb_rating");
    const flags = [
      "--entity",
      "movie",
      "--filter",
      "imdb_rating >= 5",
      "--watch",
      "--versions",
      "0..",
    ];
    expect((await populate("run", table.path, ...flags)).stdout).toContain("run watched is begun");
    expect((await populate("pause", "watched")).exitCode).toBe(0);
    expect((await populate("ls")).stdout).toMatch(/^watched +PAUSED/m);
    const { data, state } = JSON.parse((await populate("status", "watched", "--json")).stdout);
    expect([data, state]).toEqual([undefined, "PAUSED"]);
    for (const action of ["resume", "cancel", "reset", "rm"]) {
      const { exitCode, stderr } = await populate(action, "watched");
      expect([action, exitCode, stderr]).toEqual([action, 0, ""]);
    }
    expect((await populate("ls")).stdout).not.toContain("watched");
  });

  it("says where no populator answers", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const run = await cliRun(["populate", "ls", "--populator", address]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`no populator answers at ${address}: connect ECONNREFUSED`);
  });
});
