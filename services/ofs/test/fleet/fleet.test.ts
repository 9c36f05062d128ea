import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createClient } from "@ofs/client";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolder } from "../../src/fleet/data-folder.ts";
import { startFailureText } from "../../src/fleet/start-failure.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let fleet: TestFleet | undefined;

beforeEach(() => {
  temporary = temporaryFolder();
});

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
  temporary.remove();
});

async function readRating(address: string, film: string): Promise<unknown> {
  const client = createClient({ address, callerId: "quickstart", callerToken: "quickstart" });
  try {
    const features = { ratings: ["imdb_rating"] };
    const { rows } = await client.retrieve({ entity: "movie", keys: [[film]], features });
    const [{ imdb_rating: rating } = {}] = Object.values(rows[0]?.values ?? {});
    return rating;
  } finally {
    client.close();
  }
}

describe("a fleet", () => {
  it("loads the sample once, and keeps it over a restart", async () => {
    fleet = await startTestFleet(temporary.path);
    expect(fleet.progress).toMatch(/movie +30 rows in .*\n.*route +30 rows.*\n.*airport +30 rows/);
    expect(fleet).toMatchObject({ hasSample: true, entityCount: 3 });
    expect(await readRating(fleet.address, "inception")).toBeCloseTo(9.1, 5);
    await fleet.stop();

    fleet = await startTestFleet(temporary.path);
    expect(fleet.progress).toBe("");
    expect(await readRating(fleet.address, "inception")).toBeCloseTo(9.1, 5);
  });

  it("completes a load that was interrupted", async () => {
    fleet = await startTestFleet(temporary.path, { sampleRows: 1 });
    expect(await readRating(fleet.address, "inception")).toBe(-1);
    await fleet.stop();
    DataFolder.prepare(temporary.path).writeSampleState("loading");

    fleet = await startTestFleet(temporary.path);
    expect(await readRating(fleet.address, "inception")).toBeCloseTo(9.1, 5);
    expect(DataFolder.prepare(temporary.path).readSampleState()).toBe("loaded");
  });

  it("leaves a registry that is not empty alone", async () => {
    DataFolder.prepare(temporary.path);
    const environment = openEmbeddedEnvironment(temporary.path);
    const source = new EmbeddedRegistrySource(environment);
    await source.write([{ path: "entities/own/label", value: Buffer.from("own") }]);
    await source.close();
    await environment.close();

    fleet = await startTestFleet(temporary.path);
    expect(fleet.progress).toBe("");
    expect(fleet).toMatchObject({ hasSample: false });
  });

  it("begins anew with reset", async () => {
    fleet = await startTestFleet(temporary.path);
    await fleet.stop();
    fleet = await startTestFleet(temporary.path, { reset: true, sample: false });
    expect(fleet).toMatchObject({ hasSample: false, entityCount: 0 });
  });

  it("loads nothing where no sample is wanted, and does so later where it is", async () => {
    fleet = await startTestFleet(temporary.path, { sample: false });
    expect(fleet.entityCount).toBe(0);
    await fleet.stop();
    fleet = await startTestFleet(temporary.path);
    expect(fleet.entityCount).toBe(3);
  });

  it("serves the control plane, and tells its administrator's password once", async () => {
    fleet = await startTestFleet(temporary.path, { sample: false });
    const { email, madePassword: password } = fleet.firstAdmin ?? {};
    const login = (address: string) =>
      fetch(`http://${address}/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email, password }),
      });
    expect((await login(fleet.horizonAddress)).status).toBe(200);
    await fleet.stop();

    fleet = await startTestFleet(temporary.path, { sample: false });
    expect(fleet.firstAdmin).toBeUndefined();
    expect((await login(fleet.horizonAddress)).status).toBe(200);
    await fleet.stop();

    fleet = await startTestFleet(temporary.path, { sample: false, reset: true });
    expect(fleet.firstAdmin?.madePassword).not.toBe(password);
    expect((await login(fleet.horizonAddress)).status).toBe(400);
  });

  it("does not start in a folder that another one serves from", async () => {
    fleet = await startTestFleet(temporary.path);
    await expect(startTestFleet(temporary.path)).rejects.toThrow(/is in use: process \d+/);
    expect(await readRating(fleet.address, "inception")).toBeCloseTo(9.1, 5);
  });
});

const OTHERS = { host: "127.0.0.1", rowPort: 0, consumerPort: 0, horizonPort: 0, populatorPort: 0 };

describe("a port that is taken", () => {
  let other: Server;

  beforeEach(async () => {
    other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
  });

  afterEach(() => {
    other.close();
  });

  it("is told in words, and leaves the folder free", async () => {
    const { port } = other.address() as { port: number };
    const failure = await startTestFleet(temporary.path, { port }).catch((error: unknown) => error);
    expect(startFailureText(failure, { ...OTHERS, port })).toBe(
      `port ${port} on 127.0.0.1 is taken, maybe by another fleet: stop that, or choose a port with --port`,
    );
    const options = { consumerPort: port, sample: false };
    const second = await startTestFleet(temporary.path, options).catch((error: unknown) => error);
    expect(startFailureText(second, { ...OTHERS, port: 1, consumerPort: port })).toBe(
      `port ${port} on 127.0.0.1 is taken, maybe by another fleet: stop that, or choose a port with --consumer-port`,
    );
    const third = await startTestFleet(temporary.path, { horizonPort: port, sample: false }).catch(
      (error: unknown) => error,
    );
    const ports = { port: 1, consumerPort: 2, horizonPort: port, populatorPort: 4 };
    expect(startFailureText(third, { ...OTHERS, ...ports })).toBe(
      `port ${port} on 127.0.0.1 is taken, maybe by another fleet: stop that, or choose a port with --horizon-port`,
    );
    const rows = { rowPort: port, sample: false };
    const fourth = await startTestFleet(temporary.path, rows).catch((error: unknown) => error);
    expect(startFailureText(fourth, { ...OTHERS, port: 1, rowPort: port })).toMatch(/ --row-port$/);
    fleet = await startTestFleet(temporary.path, { sample: false });
  });
});

describe("startFailureText", () => {
  it("has no words for a defect", () => {
    const address = { ...OTHERS, port: 1, consumerPort: 2, horizonPort: 3, populatorPort: 4 };
    expect(startFailureText(new TypeError("x is undefined"), address)).toBeUndefined();
  });
});
