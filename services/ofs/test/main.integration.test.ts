import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@ofs/client";
import { freePort, startProcess, type TestProcess } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSampleDataset } from "../src/sample/dataset.ts";
import { createSample } from "../src/sample/sample-rows.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

/** The fleet and the command line as processes of their own, run from source. */
const PACKAGE = join(import.meta.dirname, "..");
const NODE_OPTIONS = ["--conditions=@ofs/source", "--import", "tsx"];
const SERVING = /serving gRPC and HTTP on (127\.0\.0\.1:\d+)/;
const LAST_LINE = /^Ctrl-C stops it; the data stays\.$/m;
const COMMAND_TIMEOUT_MS = 30_000;
/** For all printed commands, each a process from source. */
const PASTE_TIMEOUT_MS = 120_000;

const run = promisify(execFile);

let temporary: ReturnType<typeof temporaryFolder>;
const started: TestProcess[] = [];

beforeEach(() => {
  temporary = temporaryFolder();
});

afterEach(async () => {
  for (const process of started.splice(0)) await process.kill();
  temporary.remove();
});

async function start(
  args: readonly string[] = [],
  env: Record<string, string | undefined> = { OFS_SAMPLE_ROWS: "20" },
): Promise<TestProcess> {
  const fleet = await startProcess({
    script: "src/main.ts",
    nodeOptions: NODE_OPTIONS,
    args: ["--data-folder", temporary.path, "--port", "0", ...args],
    env: { npm_lifecycle_event: undefined, APP_LOG_LEVEL: undefined, ...env },
    cwd: PACKAGE,
  });
  started.push(fleet);
  return fleet;
}

async function startServing(
  args: readonly string[] = [],
  env?: Record<string, string | undefined>,
): Promise<{ readonly fleet: TestProcess; readonly address: string }> {
  const fleet = await start(args, env);
  await fleet.waitForLine(LAST_LINE);
  return { fleet, address: SERVING.exec(fleet.output)?.[1] as string };
}

/** Runs a printed command as a user does who pastes it. */
async function paste(command: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", command], {
    cwd: PACKAGE,
    timeout: COMMAND_TIMEOUT_MS,
  });
  return stdout;
}

/** The line after a heading. */
function commandUnder(output: string, title: string): string {
  const lines = output.split("\n");
  const command = lines[lines.indexOf(`# ${title}`) + 1];
  if (command === undefined || command === "") throw new Error(`no command under ${title}`);
  return command;
}

const FILM_ROWS = [
  { keys: ["inception"], columns: ["9.1", "87", "Inception", "Christopher Nolan"] },
  { keys: ["the-dark-knight"], columns: ["8.9", "93", "The Dark Knight", "Christopher Nolan"] },
];

describe("the printed commands", () => {
  it(
    "work as they are",
    async () => {
      const { fleet } = await startServing();
      const { output } = fleet;
      expect(await paste(commandUnder(output, "what there is"))).toMatch(/^movie +movie_id +8/m);
      const films = await paste(commandUnder(output, "two films"));
      expect(films).toMatch(/^ratings +imdb_rating +9\.1 +8\.9$/m);
      expect(films).toMatch(/^facts +title +Inception +The Dark Knight$/m);
      const route = await paste(commandUnder(output, "a route, a composite key"));
      expect(route).toMatch(/^counts +flights +28$/m);
      const produced = await paste(
        commandUnder(output, "a film of your own, through the ingestion log"),
      );
      expect(produced).toMatch(
        /^1 messages are read from online-feature-store\.feature_ingestion$/m,
      );
      const answer = JSON.parse(await paste(commandUnder(output, "the same films over HTTP")));
      expect(answer.rows).toEqual(FILM_ROWS);
    },
    PASTE_TIMEOUT_MS,
  );

  it("have the right JSON, method and headers for grpcurl", async () => {
    const { fleet, address } = await startServing();
    const command = commandUnder(fleet.output, "and over gRPC");
    const parts =
      /^grpcurl -plaintext -H '([^:]+): (\S+)' -H '([^:]+): (\S+)' -d '(.+)' (\S+) (\S+)$/.exec(
        command,
      );
    const [, idHeader, callerId = "", tokenHeader, callerToken = "", json = "", target, method] =
      parts ?? [];
    expect([idHeader, tokenHeader, target, method]).toEqual([
      "online-feature-store-caller-id",
      "online-feature-store-auth-token",
      address,
      "retrieve.FeatureService/RetrieveDecodedResult",
    ]);
    const query = JSON.parse(json);
    const client = createClient({ address, callerId, callerToken });
    const result = await client.retrieveDecodedFeatures({
      entityLabel: query.entity_label,
      featureGroups: query.feature_groups.map(
        (group: { label: string; feature_labels: string[] }) => ({
          label: group.label,
          featureLabels: group.feature_labels,
        }),
      ),
      keysSchema: query.keys_schema,
      keys: query.keys,
    });
    client.close();
    expect(result.rows).toEqual(FILM_ROWS);
  });
});

describe("the process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends with 0 on %s, keeps the data", async (signal) => {
    const first = await startServing();
    expect(first.fleet.output).toContain("loading the sample:");
    first.fleet.signal(signal);
    expect(await first.fleet.exited).toEqual({ code: 0, signal: null });

    const second = await startServing();
    expect(second.fleet.output).not.toContain("loading the sample:");
    const client = createClient({
      address: second.address,
      callerId: "quickstart",
      callerToken: "quickstart",
    });
    const features = { names: ["name"] };
    const { rows } = await client.retrieve({ entity: "airport", keys: [["SEA"]], features });
    client.close();
    expect(rows[0]?.values).toMatchObject({ names: { name: "Seattle-Tacoma Intl" } });
  });

  it("completes the sample after it was killed while it loaded it", async () => {
    const killed = await start([], { OFS_SAMPLE_ROWS: undefined });
    await killed.waitForLine(/movie +3200 rows/);
    await killed.kill();
    expect(killed.output).not.toMatch(/airport +3376 rows/);

    const { fleet, address } = await startServing([], { OFS_SAMPLE_ROWS: undefined });
    expect(fleet.output).toMatch(/airport +3376 rows/);
    const client = createClient({ address, callerId: "quickstart", callerToken: "quickstart" });
    for (const { label, rows } of createSample(await readSampleDataset())) {
      const last = rows.at(-1);
      const entity = (await client.describe([label])).entities[0];
      const group = entity?.groups.find(
        ({ dataType }) => dataType === "DataTypeInt32" || dataType === "DataTypeUint32",
      );
      if (last === undefined || group === undefined) throw new Error(label);
      const features = { [group.label]: group.features.map((feature) => feature.label) };
      const result = await client.retrieve({ entity: label, keys: [last.keys], features });
      const written = Object.entries(last.features[group.label] ?? {}).filter(
        ([, value]) => value !== undefined,
      );
      expect(result.rows[0]?.values[group.label]).toMatchObject(Object.fromEntries(written));
    }
    client.close();
  });

  it("ends with 0 when it is stopped while it loads", async () => {
    const fleet = await start([], { OFS_SAMPLE_ROWS: undefined });
    await fleet.waitForLine(/loading the sample:/);
    fleet.signal("SIGTERM");
    expect(await fleet.exited).toEqual({ code: 0, signal: null });
    expect(fleet.output).not.toContain("error");
  });

  it("begins anew with --reset, in a folder of its own only", async () => {
    const { fleet } = await startServing();
    await fleet.stop();
    const again = await startServing(["--reset"]);
    expect(again.fleet.output).toContain("loading the sample:");

    const foreign = temporaryFolder();
    const script = join(foreign.path, "notes.txt");
    await run("touch", [script]);
    const refused = await start(["--reset", "--data-folder", foreign.path]);
    expect(await refused.exited).toEqual({ code: 1, signal: null });
    expect(refused.output).toMatch(/^error: data folder .* is not ours to empty$/m);
    await run("test", ["-f", script]);
    foreign.remove();
  });

  it("tells in a line that the port, or the folder, is another fleet's", async () => {
    const { address } = await startServing();
    const sameFolder = await start();
    expect(await sameFolder.exited).toEqual({ code: 1, signal: null });
    expect(sameFolder.output).toMatch(
      /^error: data folder .* is in use: process \d+ has it open;/m,
    );

    const other = temporaryFolder();
    const port = address.split(":")[1] as string;
    const samePort = await start(["--data-folder", other.path, "--port", port]);
    expect(await samePort.exited).toEqual({ code: 1, signal: null });
    expect(samePort.output).toBe(
      `error: port ${port} on 127.0.0.1 is taken, maybe by another fleet: stop that, or choose a port with --port\n`,
    );
    other.remove();
  });

  it.each([
    [["--help"], {}, 0, /^Usage: ofs-fleet/],
    [["--port", "many"], {}, 2, /'many' is invalid/],
    [[], { MAX_IN_FLIGHT: "none" }, 1, /^error: invalid environment\n {2}MAX_IN_FLIGHT: .*"none"/],
    [[], { GRPC_TRANSPORT: "h3" }, 1, /GRPC_TRANSPORT: .*"h3"/],
  ])("with %j %j ends with %d", async (args, env, code, message) => {
    const fleet = await start(args, env);
    expect(await fleet.exited).toEqual({ code, signal: null });
    expect(fleet.output).toMatch(message);
  });
});

describe("the command line as a process", () => {
  const title = "ends with the command's exit code, and with 0 where its reader has had enough";
  it(title, { timeout: PASTE_TIMEOUT_MS }, async () => {
    const { address } = await startServing();
    const cli = ["node", ...NODE_OPTIONS, "src/cli/main.ts", "--address", address].join(" ");
    expect(await paste(`${cli} get airport SEA --text | head -n 1`)).toMatch(
      /^SEA\tlabels\.tags\t/,
    );
    const [code, errors] = ["code", "errors"].map((name) => join(temporary.path, name));
    const unread = `(${cli} get airport SEA; echo $? > ${code}) 2> ${errors} | true`;
    expect(await paste(`${unread}; cat ${code} ${errors}`)).toBe("0\n");
    expect(await paste(`${cli} get nothing x 2>/dev/null; echo $?`)).toBe("2\n");
    const dead = `127.0.0.1:${await freePort()}`;
    expect(await paste(`${cli} ping --address ${dead} 2>/dev/null; echo $?`)).toBe("1\n");
  });
});
