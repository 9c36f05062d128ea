import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSampleDataset, type SampleDataset } from "../../src/sample/dataset.ts";
import { type CliRun, cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

/** The command line against a fleet, both in this process. */
const temporary = temporaryFolder();
const dataFolder = join(temporary.path, "data");
let fleet: TestFleet;
let dataset: SampleDataset;

beforeAll(async () => {
  fleet = await startTestFleet(dataFolder);
  dataset = await readSampleDataset();
});

afterAll(async () => {
  await fleet.stop();
  temporary.remove();
});

function ofs(...args: readonly string[]): Promise<CliRun> {
  return cliRun([...args, "--address", fleet.address]);
}

function file(name: string, text: string): string {
  const path = join(temporary.path, name);
  writeFileSync(path, text);
  return path;
}

/** Runs a command that must succeed. */
async function output(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await ofs(...args);
  expect(stderr).not.toContain("error");
  expect(exitCode).toBe(0);
  return stdout;
}

describe("ofs get", () => {
  it("gives what the data set has", async () => {
    const source = dataset.movies.find(({ Title }) => Title === "The Dark Knight");
    const [record] = JSON.parse(await output("get", "movie", "the-dark-knight", "--json"));
    expect(record.keys).toEqual({ movie_id: "the-dark-knight" });
    expect(record.features).toMatchObject({
      ratings: { imdb_rating: source?.["IMDB Rating"], rotten_tomatoes: 93 },
      money: { worldwide_gross: source?.["Worldwide Gross"] },
      facts: { title: source?.Title, director: source?.Director },
      flags: { is_blockbuster: true },
    });
    expect(Math.hypot(...record.features.embedding.profile)).toBeCloseTo(1, 5);
  });

  it("reads composite keys, in any order of their columns", async () => {
    const flights = dataset.flights.filter(
      ({ origin, destination }) => origin === "SEA" && destination === "SFO",
    );
    const args = ["--features", "counts:flights", "--text"];
    const expected = `SEA\tSFO\tcounts.flights\t${flights.length}\n`;
    expect(await output("get", "route", "SEA,SFO", ...args)).toBe(expected);
    expect(await output("get", "route", "destination=SFO,origin=SEA", ...args)).toBe(expected);
    expect(await output("get", "route", '{"origin":"SEA","destination":"SFO"}', ...args)).toBe(
      expected,
    );
  });

  it("has a column a key in a table, and the defaults for what is not stored", async () => {
    const args = ["--features", "ratings:imdb_rating", "facts:title"];
    expect(await output("get", "movie", "inception", "no-such-film", ...args)).toBe(
      [
        "group    feature      inception  no-such-film",
        "---------------------------------------------",
        "ratings  imdb_rating  9.1        -1",
        "facts    title        Inception  unknown",
        "",
      ].join("\n"),
    );
  });

  it("takes the server's own text with --decoded", async () => {
    const args = ["--features", "labels", "location:latitude", "--text"];
    const tags = "SEA\tlabels.tags\t";
    expect(await output("get", "airport", "SEA", ...args)).toContain(`${tags}[WA, north, busy]\n`);
    expect(await output("get", "airport", "SEA", ...args, "--decoded")).toContain(
      `${tags}WA:north:busy\n`,
    );
  });

  it("converts to a narrower type", async () => {
    const selection = "ratings:imdb_rating@DataTypeFP16,imdb_rating";
    const text = await output("get", "movie", "inception", "--features", selection, "--text");
    expect(text).toBe(
      "inception\tratings.imdb_rating@DataTypeFP16\t9.1015625\ninception\tratings.imdb_rating\t9.1\n",
    );
  });

  it.each([
    [["get", "moive", "x"], 2, /no entity "moive" \(did you mean "movie"\?\)/],
    [["get", "movie", "x", "--features", "rating"], 2, /did you mean "ratings"\?/],
    [["get", "route", "SEA"], 2, /has 1 of 2 columns/],
    [["get", "movie"], 2, /missing required argument 'key'/],
    [["get", "movie", "x", "--json", "--text"], 2, /cannot be used with option/],
    [["get", "movie", "x", "--deadline", "0"], 2, /milliseconds from 1/],
    [["get", "movie", "x", "--token", "wrong"], 1, /UNAUTHENTICATED.*\n.*--caller-id/],
    [["get", "movie", "x", "--tls-ca", "/none.pem"], 2, /--tls-ca \/none\.pem: ENOENT/],
    [["gte", "movie", "x"], 2, /unknown command 'gte'\n\(Did you mean get\?\)/],
  ])("refuses %j with %d", async (args, exitCode, message) => {
    const run = await ofs(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode, stdout: "" });
  });
});

describe("ofs put", () => {
  it("writes JSON from the command line, and says what takes its default", async () => {
    const json =
      '{"movie_id": "put-json", "ratings": {"imdb_rating": 7.5}, "us_gross": 9007199254740993}';
    const run = await ofs("put", "movie", json);
    expect(run.stderr).toContain("defaults are written: ratings: rotten_tomatoes\n");
    expect(run.stderr).toContain("movie: 1 rows in ");
    const text = await output("get", "movie", "put-json", "-f", "ratings", "money", "--text");
    expect(text.split("\n")).toEqual([
      "put-json\tratings.imdb_rating\t7.5",
      "put-json\tratings.rotten_tomatoes\t-1",
      "put-json\tmoney.us_gross\t9007199254740993",
      "put-json\tmoney.worldwide_gross\t-1",
      "put-json\tmoney.production_budget\t-1",
      "",
    ]);
  });

  it("writes CSV with vectors, texts and gaps; the later of two rows of a key wins", async () => {
    const path = file(
      "routes.csv",
      [
        "destination,origin,flights,delayed_flights,distance_miles,delay_quantiles_min",
        'B,A,1,2,3,"[1, 2, 3, 4, 5]"',
        'C,A,5,,,"[-1, 0, 0, 0, 1]"',
        "B,A,7,8,9,",
        "",
      ].join("\n"),
    );
    const run = await ofs("put", "route", "--file", path);
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
    expect(run.stderr).toContain("route: 3 rows in ");
    const args = ["-f", "counts", "quantiles", "--text"];
    expect((await output("get", "route", "A,B", "A,C", ...args)).split("\n")).toEqual([
      "A\tB\tcounts.flights\t7",
      "A\tB\tcounts.delayed_flights\t8",
      "A\tB\tcounts.distance_miles\t9",
      "A\tB\tquantiles.delay_quantiles_min\t[1, 2, 3, 4, 5]",
      "A\tC\tcounts.flights\t5",
      "A\tC\tcounts.delayed_flights\t0",
      "A\tC\tcounts.distance_miles\t-1",
      "A\tC\tquantiles.delay_quantiles_min\t[-1, 0, 0, 0, 1]",
      "",
    ]);
  });

  it("takes what get prints, from standard input, and loses nothing", async () => {
    const keys = ["inception", "the-dark-knight"];
    const printed = await output("get", "movie", ...keys, "--json");
    const renamed = printed.replaceAll('"movie_id": "', '"movie_id": "copy-of-');
    const args = ["put", "movie", "--file", "-", "--format", "json", "--address", fleet.address];
    expect(await cliRun(args, { stdin: renamed })).toMatchObject({ exitCode: 0 });
    const copied = await output("get", "movie", ...keys.map((key) => `copy-of-${key}`), "--json");
    expect(copied.replaceAll("copy-of-", "")).toBe(printed);
  });

  it("stops at the first fault of standard input", async () => {
    const stdin = '{"movie_id": "a", "imdb_rating": 1}\n{"movie_id": "b", "imdb_rating": "x"}\n';
    const args = ["put", "movie", "--file", "-", "--format", "ndjson", "--address", fleet.address];
    expect(await cliRun(args, { stdin })).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'error: line 2: column "imdb_rating": "x" is not a number (DataTypeFP32)\n',
    });
  });

  it("says how much of standard input it has written before the fault", async () => {
    const lines = Array.from(
      { length: 2500 },
      (_, i) => `{"movie_id": "n-${i}", "popularity": 0.5}`,
    );
    const stdin = [...lines, "{}", ""].join("\n");
    const args = ["put", "movie", "--file", "-", "--format", "ndjson", "--address", fleet.address];
    expect(await cliRun(args, { stdin })).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'error: line 2501: no value for key "movie_id"\n2000 rows are written\n',
    });
    const text = await output("get", "movie", "n-1999", "-f", "trend", "--text");
    expect(text).toBe("n-1999\ttrend.popularity\t0.5\n");
  });

  it("writes nothing of a file with a fault, and nothing at all in a dry run", async () => {
    const path = file("movies.csv", "movie_id,imdb_rating\ndry,5\ndry-2,many\n");
    const run = await ofs("put", "movie", "--file", path);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toBe(
      'error: line 3: column "imdb_rating": "many" is not a number (DataTypeFP32)\nnothing written\n',
    );
    const good = file("good.csv", "movie_id,imdb_rating,rotten_tomatoes\ndry,5,50\n");
    const dry = await ofs("put", "movie", "--file", good, "--dry-run");
    expect(dry).toEqual({ exitCode: 0, stdout: "", stderr: "1 rows are good; nothing written\n" });
    const text = await output("get", "movie", "dry", "-f", "ratings:imdb_rating", "--text");
    expect(text).toBe("dry\tratings.imdb_rating\t-1\n");
  });

  it.each([
    [["put", "movie"], /no rows: give JSON as the last argument, or --file/],
    [["put", "movie", "[]"], /the input has no rows/],
    [["put", "movie", "{}"], /record 1: no value for key "movie_id"/],
    [["put", "movie", "--file", "/none.csv"], /--file \/none\.csv: ENOENT/],
    [["put", "movie", "--file", "x", "--format", "xml"], /Allowed choices are json, ndjson, csv/],
  ])("refuses %j", async (args, message) => {
    const run = await ofs(...args);
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  });
});

describe("ofs describe", () => {
  it("lists the entities", async () => {
    expect(await output("describe")).toMatch(/^route +origin, destination +4 +7$/m);
  });

  it("shows an entity's groups and features", async () => {
    const text = await output("describe", "movie");
    expect(text).toMatch(/^entity movie, keys movie_id$/m);
    expect(text).toMatch(/^ratings +DataTypeFP32 +none +1 +process$/m);
    expect(text).toMatch(/^trend +DataTypeFP32 +2592000 s +1 +-$/m);
    expect(text).toMatch(/^embedding +profile +8 elements +\[0, 0, 0, 0, 0, 0, 0, 0\]$/m);
    expect(text).toMatch(/^facts +title +96 bytes +unknown$/m);
  });

  it("gives all of it as JSON", async () => {
    const [airport] = JSON.parse(await output("describe", "airport", "--json"));
    expect(airport.keys).toEqual(["iata"]);
    expect(airport.groups).toContainEqual(
      expect.objectContaining({ label: "labels", dataType: "DataTypeStringVector" }),
    );
  });
});

describe("ofs ping", () => {
  it("tells that the server serves", async () => {
    expect(await output("ping")).toMatch(/^127\.0\.0\.1:\d+ is serving: \d entities, /);
  });

  it("says how to start one where there is none", async () => {
    const run = await cliRun(["ping", "--address", "127.0.0.1:1"]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toBe(
      "error: no server answers at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n" +
        "start one with `npm start`, or name another with --address or OFS_ADDRESS\n",
    );
  });

  it("takes address, caller and token from the environment", async () => {
    const env = { OFS_ADDRESS: fleet.address, OFS_CALLER_ID: "quickstart", OFS_TOKEN: "wrong" };
    expect(await cliRun(["ping"], { env })).toMatchObject({ exitCode: 1 });
    expect(await cliRun(["ping"], { env: { ...env, OFS_TOKEN: "quickstart" } })).toMatchObject({
      exitCode: 0,
    });
  });
});

const CITY_YAML = `
entities:
  city:
    label: city
    keys: { "0": { sequence: 0, entity-label: city_id, column-label: city_id } }
    in-memory-cache: { enabled: false, ttl-in-seconds: 0, jitter-percentage: 0 }
    distributed-cache: { enabled: false, ttl-in-seconds: 0, jitter-percentage: 0 }
    feature-groups:
      size:
        id: 0
        store-id: "1"
        data-type: DataTypeUint64
        ttl-in-seconds: 0
        active-version: 1
        layout-version: 1
        in-memory-cache-enabled: false
        distributed-cache-enabled: false
        columns: { seg_0: { label: seg_0 } }
        features: { "1": { people: { default: 7 } } }
`;

describe("ofs load", () => {
  function load(path: string, ...args: readonly string[]): Promise<CliRun> {
    return cliRun(["load", path, "--data-folder", dataFolder, ...args]);
  }

  it("adds an entity to a running fleet, which serves it within two seconds", async () => {
    const path = file("city.yaml", CITY_YAML);
    const dry = await load(path, "--dry-run");
    expect(dry.stdout).toMatch(
      /^\+ entities\/city\/feature-groups\/size\/data-type = DataTypeUint64$/m,
    );
    expect(dry.stdout).toMatch(/\d+ added, 0 changed, 0 unchanged; nothing written to data folder/);

    const run = await load(path);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toMatch(
      /\d+ added, 0 changed, 0 unchanged; written to .* at revision \d+\n$/,
    );
    const json = '{"city_id": "tokyo", "people": "18446744073709551615"}';
    const put = (): Promise<CliRun> => ofs("put", "city", json);
    await waitUntil(async () => (await put()).exitCode === 0, { what: "city", timeoutMs: 2_000 });
    expect(await output("get", "city", "tokyo", "oslo", "--text")).toBe(
      "tokyo\tsize.people\t18446744073709551615\noslo\tsize.people\t7\n",
    );
    expect((await load(path)).stdout).toMatch(
      /^0 added, 0 changed, \d+ unchanged; nothing written/,
    );
  });

  it("refuses what would not be served, unless it is forced", async () => {
    const path = file("bad.yaml", CITY_YAML.replaceAll("city", "town").replace('"1"', '"77"'));
    const run = await load(path);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(
      /entities\/town\/feature-groups\/size.*77.*\n.*nothing written; --force/s,
    );
    expect((await load(path, "--dry-run")).exitCode).toBe(2);
    const forced = await load(path, "--force");
    expect(forced).toMatchObject({ exitCode: 0 });
    expect(forced.stderr).toContain("note:");
  });

  it.each([
    ["text.yaml", "entities: [", /tree file: is not YAML/],
    ["type.yaml", CITY_YAML.replace("Uint64", "Uint65"), /"DataTypeUint65" is not a data type/],
    ["list.yaml", "- a", /is not a mapping/],
  ])("refuses %s", async (name, text, message) => {
    const run = await load(file(name, text));
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("creates a data folder that is not there, but not for a look", async () => {
    const path = file("city.yaml", CITY_YAML.replace('store-id: "1"', 'store-id: "9"'));
    const other = join(temporary.path, "other");
    const store = file(
      "store.yaml",
      'storage: { stores: { "9": { db-type: embedded, conf-id: 0, table: t, max-column-size-in-bytes: 1024 } } }',
    );
    const args = ["--data-folder", other];
    expect((await cliRun(["load", store, ...args, "--dry-run"])).exitCode).toBe(0);
    expect(() => readFileSync(join(other, "ofs-data.json"))).toThrow("ENOENT");
    expect((await cliRun(["load", store, ...args])).exitCode).toBe(0);
    expect((await cliRun(["load", path, ...args])).exitCode).toBe(0);
    const environment = openEmbeddedEnvironment(other);
    const source = new EmbeddedRegistrySource(environment);
    const { entries } = await source.load(AbortSignal.timeout(5_000));
    expect(entries.get("entities/city/label")?.toString()).toBe("city");
    await source.close();
    await environment.close();
  });

  it("refuses a folder that is not ours", async () => {
    const run = await cliRun([
      "load",
      file("city.yaml", CITY_YAML),
      "--data-folder",
      temporary.path,
    ]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/which is not ours/);
  });
});

describe("--help", () => {
  it.each(["get", "put", "describe", "ping", "load"])("of %s has examples", async (command) => {
    const run = await cliRun([command, "--help"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toContain(`Examples:\n  ofs ${command}`);
  });

  it("does not show the token that the environment has", async () => {
    const run = await cliRun(["--help"], { env: { OFS_TOKEN: "s3cret" } });
    expect(run.stdout).not.toContain("s3cret");
  });

  it("is shown, with exit code 2, where no command is given", async () => {
    const run = await cliRun([]);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("Usage: ofs");
  });
});
