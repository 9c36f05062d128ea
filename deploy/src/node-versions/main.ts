/**
 * Other releases of Node than the one that the tests run on: the fleet serves on each, and the unit tests pass on the
 * one that the images have. Wants a built tree.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts, runCommand, startProcess } from "@ofs/testkit";
import { NODE_MAJOR } from "../dockerfiles.ts";
import { nodeBinary } from "./node-binary.ts";

const SERVING_MAJORS = [22, NODE_MAJOR];
const READY_TIMEOUT_MS = 180_000;
const STOP_GRACE_MS = 60_000;
const COMMAND_TIMEOUT_MS = 60_000;
const UNIT_TIMEOUT_MS = 900_000;
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FLEET = join(ROOT, "services/ofs/dist");

const say = (text: string) => void process.stderr.write(`[node] ${text}\n`);

for (const major of SERVING_MAJORS) await serves(await nodeBinary(major));
await passesUnitTests(await nodeBinary(NODE_MAJOR));

/** The fleet of `npm start` on a data folder of its own: it answers, and ends on SIGTERM with 0. */
async function serves(node: string): Promise<void> {
  const version = (await runCommand(node, ["--version"])).trim();
  const folder = await mkdtemp(join(tmpdir(), "ofs-node-"));
  const names = ["port", "row-port", "consumer-port", "horizon-port", "populator-port"] as const;
  const ports = await freePorts(names.length);
  const fleet = await startProcess({
    command: node,
    args: [
      ...["--enable-source-maps", join(FLEET, "main.js"), "--data-folder", folder],
      ...names.flatMap((name, index) => [`--${name}`, String(ports[index])]),
    ],
  });
  try {
    for (const port of ports) {
      const path = port === ports[3] ? "/health" : "/health/self";
      await fleet.waitUntilReady({ http: `http://127.0.0.1:${port}${path}` }, READY_TIMEOUT_MS);
    }
    const read = ["get", "movie", "inception", "--features", "ratings"];
    const answer = await runCommand(node, [join(FLEET, "cli/main.js"), ...read], {
      env: { ...process.env, OFS_ADDRESS: `127.0.0.1:${ports[0]}` },
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
    if (!answer.includes("imdb_rating"))
      throw new Error(`${version}: unexpected answer: ${answer}`);
    const { code } = await fleet.stop(STOP_GRACE_MS);
    if (code !== 0) throw new Error(`${version}: SIGTERM ended the fleet with ${code}`);
  } finally {
    await fleet.kill();
    await rm(folder, { recursive: true, force: true });
  }
  say(`${version}: the fleet serves`);
}

async function passesUnitTests(node: string): Promise<void> {
  say(`${(await runCommand(node, ["--version"])).trim()}: unit tests`);
  const { OFS_PROPERTY_RUNS: _, OFS_HOSTILE_REQUESTS: __, PATH = "", ...inherited } = process.env;
  const env = {
    ...inherited,
    OFS_TEST_SCOPE: "unit",
    // For tests that start `node` by name.
    PATH: [dirname(node), PATH].join(delimiter),
  };
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const options = { cwd: ROOT, env, stdio: "inherit", timeout: UNIT_TIMEOUT_MS } as const;
  const code = await new Promise((resolve, reject) => {
    spawn(node, [vitest, "run"], options).once("error", reject).once("close", resolve);
  });
  if (code !== 0) throw new Error(`unit tests ended with ${code ?? "a kill"}`);
}
