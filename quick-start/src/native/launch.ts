import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  LASTING_SERVERS,
  type LastingOptions,
  type Log,
  runCommand,
  ServerNode,
} from "@ofs/testkit";
import { parse } from "yaml";
import { z } from "zod";
import { QUICK_START, ROOT, type ServicePlan } from "../project.ts";
import { portsOf } from "./ports.ts";
import { portOf, type Settings } from "./settings.ts";

const READY_TIMEOUT_MS = 2_000;
const ONE_SHOT_TIMEOUT_MS = 300_000;

/** Which server stands in for which. */
const SERVERS: Readonly<Record<string, keyof typeof LASTING_SERVERS>> = {
  scylla: "cassandra",
  mysql: "mariadb",
  redis: "redis",
  etcd: "etcd",
  kafka: "kafka",
  s3: "s3",
  prometheus: "prometheus",
};
/** What there is as a container image alone. */
const IMAGES_ONLY = new Set(["etcd-workbench", "grafana"]);
const ONE_SHOTS = new Set(["init", "sample"]);

export type Kind = "server" | "service" | "one-shot" | "image-only";

export function kindOf(name: string): Kind {
  if (IMAGES_ONLY.has(name)) return "image-only";
  if (ONE_SHOTS.has(name)) return "one-shot";
  return name in SERVERS ? "server" : "service";
}

/**
 * Starts a server or service and waits until it serves.
 *
 * @throws {Error} with the end of its log if it does not
 */
export async function launch(plan: ServicePlan, settings: Settings, log: Log): Promise<ServerNode> {
  const folder = join(settings.stateFolder, plan.name);
  if (kindOf(plan.name) === "service") return launchService(plan, settings, folder);
  const server = SERVERS[plan.name];
  if (server === undefined) throw new Error(`${plan.name} cannot be started here`);
  const lasting = { ports: [...portsOf(plan, settings).values()] };
  const options = await serverOptions(settings);
  const { nodes } = await LASTING_SERVERS[server]({ folder, log, lasting }, options);
  const [node] = nodes;
  if (node === undefined) throw new Error(`${server} has no process`);
  return node;
}

/** Runs what ends by itself, as the container would. @throws {Error} with the end of its output if it fails */
export async function runOnce(plan: ServicePlan): Promise<string> {
  const [command, ...args] = plan.entrypoint;
  if (command !== "node") throw new Error(`${plan.name}: ${command} is not node`);
  const options = { cwd: ROOT, env: environmentOf(plan), timeoutMs: ONE_SHOT_TIMEOUT_MS };
  return runCommand(process.execPath, args, options);
}

/** What a container would have, and what programs of this machine need besides. */
export function environmentOf({ environment }: ServicePlan): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environment };
}

async function launchService(
  plan: ServicePlan,
  { variables }: Settings,
  folder: string,
): Promise<ServerNode> {
  const [variable] = plan.portVariables;
  if (variable === undefined) throw new Error(`${plan.name} has no port`);
  const port = portOf(variables, variable);
  await mkdir(folder, { recursive: true });
  return ServerNode.start({
    title: `${plan.name} on port ${port}`,
    command: process.execPath,
    args: ["--enable-source-maps", join(ROOT, "services", plan.name, "dist", "main.js")],
    env: environmentOf(plan),
    folder,
    isReady: () => isReady(port),
  });
}

/** Whether a service says that it is ready. */
export async function isReady(port: number, path = "/ready"): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(READY_TIMEOUT_MS);
    return (await fetch(`http://127.0.0.1:${port}${path}`, { signal })).ok;
  } catch {
    return false; // not listening yet: the caller asks again until its deadline
  }
}

const prometheusSchema = z.object({
  global: z.object({ scrape_interval: z.string().regex(/^\d+s$/) }),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      static_configs: z.array(z.object({ targets: z.array(z.string()) })),
    }),
  ),
});

/** The container's settings, with the addresses and paths of this machine. */
async function serverOptions({ variables }: Settings): Promise<LastingOptions> {
  const text = await readFile(join(QUICK_START, "prometheus.yml"), "utf8");
  const config = prometheusSchema.parse(parse(text));
  const rules = resolve(QUICK_START, variables["PROMETHEUS_RULES"] ?? "");
  const targets = config.scrape_configs.map(({ job_name: job, static_configs: groups }) => [
    job,
    groups.flatMap((group) => group.targets.map((target) => localTarget(target, variables))),
  ]);
  return {
    s3: {
      accessKeyId: variables["S3_ACCESS_KEY"] ?? "",
      secretAccessKey: variables["S3_SECRET_KEY"] ?? "",
    },
    prometheus: {
      targets: Object.fromEntries(targets),
      ruleFiles: config.rule_files.map((file) => file.replace("rules/", `${rules}/`)),
      intervalSeconds: Number.parseInt(config.global.scrape_interval, 10),
    },
  };
}

/** `api-server:8089` is `127.0.0.1:$API_SERVER_PORT` here. */
function localTarget(target: string, variables: Settings["variables"]): string {
  const service = target.split(":")[0] ?? "";
  return `127.0.0.1:${portOf(variables, `${service.toUpperCase().replaceAll("-", "_")}_PORT`)}`;
}
