import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@ofs/client";
import { acceptsConnections, freePorts, isSameProcess, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnvFile } from "../src/env-file.ts";
import { Records } from "../src/native/records.ts";
import { QUICK_START, ROOT } from "../src/project.ts";
import { countSeries, dashboardQueries, emptyQueries } from "./support/dashboards.ts";
import { LONG_MS, paste, shellBlocks } from "./support/shell.ts";

/** The S3 server takes each port and that port + 10 000. */
const OFFSETS = [10_000];

let folder: string;
let env: Record<string, string>;
let output: string;
let ports: Record<string, number>;
let records: Records;
let blocks: string[];

/** As deploy/prometheus has them, but alerts fire at once. */
async function writeImpatientRules(): Promise<string> {
  const from = join(ROOT, "deploy", "prometheus");
  const to = join(folder, "rules");
  await mkdir(to);
  for (const file of ["recording-rules.yml", "alerts.yml"]) {
    const text = await readFile(join(from, file), "utf8");
    await writeFile(join(to, file), text.replace(/^(\s+for:).*$/gm, "$1 0s"));
  }
  return to;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-quick-start-"));
  const state = join(folder, "state");
  records = new Records(state);
  const declared = Object.keys(await readEnvFile(join(QUICK_START, ".env")));
  const names = declared.filter((name) => name.endsWith("_PORT"));
  const free = await freePorts(names.length, OFFSETS);
  ports = Object.fromEntries(names.map((name, index) => [name, free[index] as number]));
  env = {
    ...Object.fromEntries(names.map((name) => [name, String(ports[name])])),
    OFS_QUICK_START_STATE: state,
    PROMETHEUS_RULES: await writeImpatientRules(),
    // Whatever this machine has: no engine answers, so that it starts without containers by itself.
    DOCKER_HOST: `unix://${folder}/none`,
  };
  blocks = await shellBlocks(join(QUICK_START, "README.md"));
  output = await paste(blocks[0] as string, env);
}, LONG_MS);

afterAll(async () => {
  await paste("quick-start/stop.sh --purge", env);
  await rm(folder, { recursive: true, force: true });
}, LONG_MS);

async function openPorts(of: readonly number[]): Promise<number[]> {
  const isOpen = await Promise.all(of.map((port) => acceptsConnections(port)));
  return of.filter((_, index) => isOpen[index]);
}

const at = (name: string) => `127.0.0.1:${ports[name]}`;

test(
  "what is printed works when it is pasted: REST, gRPC, Kafka, Delta, rows, Prometheus",
  async () => {
    const tour = output.slice(output.indexOf("\n# "));
    const said = await paste(tour, env);
    expect(said).toContain('"status":"APPROVED"');
    expect(said).toContain("1 messages are read from online-feature-store.feature_ingestion");
    expect(said).toMatch(/imdb_rating +9\.9/);
    expect(said).toContain("5 rows sent, 0 refused");
    expect(said).toContain('"features":[12]');
    expect(said).toContain("/retrieve.FeatureService/RetrieveFeatures");
  },
  LONG_MS,
);

test(
  "what came by way of Kafka is read over gRPC with the headers of clients, in their form",
  async () => {
    const client = createClient({
      address: at("API_SERVER_PORT"),
      callerId: "quickstart",
      callerToken: "quickstart",
    });
    try {
      const read = () =>
        client.retrieve({
          entity: "movie",
          keys: [{ movie_id: "my-film" }, { movie_id: "dunkirk" }],
          features: { ratings: ["rotten_tomatoes"] },
        });
      const isThere = async () => {
        const { rows } = await read();
        return (
          rows.map(({ values }) => values?.["ratings"]?.["rotten_tomatoes"]).join() === "81,92"
        );
      };
      await waitUntil(isThere, { what: "messages to be stored", timeoutMs: LONG_MS });
    } finally {
      client.close();
    }
  },
  LONG_MS,
);

test(
  "a wrong token is refused, and so is a start on ports that somebody has",
  async () => {
    const wrong = "quick-start/ofs.sh get movie inception --token wrong --deadline 30000";
    await expect(paste(wrong, env)).rejects.toThrow(/token|unauth/i);
    const further = { ...env, OFS_QUICK_START_STATE: join(folder, "second") };
    const second = paste("quick-start/start.sh --native consumer", further);
    await expect(second).rejects.toThrow(/REDIS_PORT=\d+ \(redis\) is held by process \d+ \(redis/);
  },
  LONG_MS,
);

test(
  "each query of the dashboards is one, and has data where there is something to tell",
  async () => {
    const prometheus = `http://${at("PROMETHEUS_PORT")}`;
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(50);
    const traffic = setInterval(() => {
      // Calls that fail leave their panels empty, which the test then says.
      void fetch(`http://${at("HORIZON_PORT")}/login`, { method: "POST" }).catch(() => undefined);
    }, 1_000);
    let empty: string[] = [];
    const haveData = async () => {
      empty = (await emptyQueries(prometheus, queries)).map(
        ({ panel, expr }) => `${panel}: ${expr}`,
      );
      return empty.length === 0;
    };
    await waitUntil(haveData, { what: "data", timeoutMs: 120_000, intervalMs: 2_000 }).catch(
      () => undefined,
    );
    clearInterval(traffic);
    expect(empty).toEqual([]);
    const counts = await Promise.all(queries.map(({ expr }) => countSeries(prometheus, expr)));
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(queries.length / 2);
  },
  LONG_MS,
);

test(
  "when the consumer is gone somebody is woken; restart.sh brings it back",
  async () => {
    const consumer = await records.running("consumer");
    if (consumer === undefined) throw new Error("the consumer does not run");
    process.kill(consumer.pid, "SIGKILL");
    const query = 'ALERTS{alertname="OfsServiceDown", job="consumer", alertstate="firing"}';
    const fires = async () => (await countSeries(`http://${at("PROMETHEUS_PORT")}`, query)) > 0;
    await waitUntil(fires, { what: "the alert", timeoutMs: LONG_MS, intervalMs: 500 });
    const said = await paste(blocks[1] as string, env);
    expect(said).toMatch(/^consumer +ready /m);
    expect(said).toMatch(/title +Inception/);
  },
  LONG_MS,
);

test(
  "a second start changes nothing",
  async () => {
    const pids = async () => {
      const names = (await records.names()).toSorted();
      return Promise.all(names.map(async (name) => [name, (await records.load(name))?.pid]));
    };
    const before = await pids();
    expect(before).toHaveLength(11);
    const said = await paste("quick-start/start.sh api-server", env);
    expect(said).toContain("api-server is up already");
    expect(await pids()).toEqual(before);
  },
  LONG_MS,
);

test(
  "stopped, nothing runs and no port answers; purged, nothing is left",
  async () => {
    const names = await records.names();
    const processes = await Promise.all(names.map((name) => records.load(name)));
    // Not all that were set: some are of containers only, and by now may be somebody else's.
    const used = await openPorts(Object.values(ports));
    expect(used.length).toBeGreaterThanOrEqual(names.length);
    await paste(blocks[2] as string, env);
    for (const record of processes) {
      const runs = record !== undefined && (await isSameProcess(record));
      expect(runs, JSON.stringify(record)).toBe(false);
    }
    expect(await openPorts(used)).toEqual([]);
    await paste(blocks[3] as string, env);
    expect(await readdir(folder)).not.toContain("state");
  },
  LONG_MS,
);
