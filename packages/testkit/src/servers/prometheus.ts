import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localAddress } from "../free-ports.ts";
import { executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import { type Log, stderrLog } from "../install/log.ts";
import { runCommand } from "../install/run-command.ts";
import { type PrivateServer, startInNewFolder, toPrivateServer } from "./private-servers.ts";
import {
  chooseFolder,
  choosePorts,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

const READY_TIMEOUT_MS = 1_000;
const PROMTOOL_TIMEOUT_MS = 60_000;

export interface PrometheusOptions {
  /** What to scrape at each interval: `host:port` by the job's name; the path is `/metrics`. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Absolute paths; evaluated at each interval unless a group says otherwise. */
  readonly ruleFiles?: readonly string[];
  /** Default 2. */
  readonly intervalSeconds?: number;
}

async function findPrometheus(log: Log) {
  const programs = ["prometheus", "promtool"];
  const request = { debianPackages: ["prometheus"], name: "prometheus", programs };
  const [prometheus, promtool] = await findExecutables(request, log);
  if (prometheus === undefined || promtool === undefined) throw new Error("prometheus is missing");
  return { prometheus, promtool };
}

/** The first scrape comes some seconds after the start. Data go with it. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrivateServer> {
  const start = (context: StartContext) => startPrometheusNode(context, options);
  const { started, close } = await startInNewFolder("prometheus", start);
  return toPrivateServer(started, close);
}

/**
 * Checks or tests files: `["check", "rules", path]`, `["test", "rules", path]`.
 *
 * @returns what it says
 * @throws {Error} with what it says, when it fails
 */
export async function runPromtool(args: readonly string[]): Promise<string> {
  const { promtool } = await findPrometheus(stderrLog("servers"));
  const options = { env: executableEnv(promtool), timeoutMs: PROMTOOL_TIMEOUT_MS };
  return runCommand(promtool.path, args, options);
}

export async function startPrometheusNode(
  context: StartContext,
  { targets, ruleFiles = [], intervalSeconds = 2 }: PrometheusOptions,
): Promise<StartedServer> {
  const { prometheus } = await findPrometheus(context.log);
  const [port] = (await choosePorts(context, 1)) as [number];
  const folder = await chooseFolder(context, `prometheus-${port}`);
  const interval = `${intervalSeconds}s`;
  const configFile = join(folder, "prometheus.yml");
  // JSON is YAML.
  const config = {
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(targets).map(([job, addresses]) => ({
      job_name: job,
      static_configs: [{ targets: addresses }],
    })),
  };
  await writeFile(configFile, JSON.stringify(config));
  const files = [`--config.file=${configFile}`, `--storage.tsdb.path=${join(folder, "data")}`];
  const plan = {
    title: `prometheus on port ${port}`,
    command: prometheus.path,
    args: [...files, `--web.listen-address=127.0.0.1:${port}`, "--log.level=warn"],
    env: executableEnv(prometheus),
    folder,
    isReady: () => isReady(port),
  };
  const node = await startNode(context, plan);
  return { address: localAddress(port), nodes: [node] };
}

async function isReady(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
    return (await fetch(`http://127.0.0.1:${port}/-/ready`, { signal })).ok;
  } catch {
    return false; // not listening yet: the caller asks again until its deadline
  }
}
