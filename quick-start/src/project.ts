import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { interpolate, type Variables } from "./env-file.ts";

/** The repository. */
export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
/** This package: its files are what docker compose reads, too. */
export const QUICK_START = join(ROOT, "quick-start");

const word = z.union([z.string(), z.number()]).transform(String);
const serviceSchema = z.object({
  image: z.string(),
  build: z
    .object({ context: z.string(), dockerfile: z.string(), target: z.string().optional() })
    .optional(),
  entrypoint: z.array(z.string()).default([]),
  environment: z.record(z.string(), word).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  profiles: z.array(z.string()).default([]),
  restart: z.string().optional(),
  mem_limit: z.string(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});

const projectSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

/** One service of `compose.yaml`, not interpolated. */
export type ComposeService = z.output<typeof serviceSchema>;

/** `compose.yaml` as it stands. @throws {ZodError} for what is not of the form used there */
export async function readCompose(): Promise<z.output<typeof projectSchema>> {
  const text = await readFile(join(QUICK_START, "compose.yaml"), "utf8");
  return projectSchema.parse(parse(text, { merge: true }));
}

/** A service with its environment filled in. */
export interface ServicePlan {
  readonly name: string;
  readonly environment: Variables;
  readonly entrypoint: readonly string[];
  readonly dependsOn: readonly string[];
  /** Names of variables with the ports that it has on this machine. */
  readonly portVariables: readonly string[];
  /** Whether it is only run when it is called by name. */
  readonly isTool: boolean;
}

export type Project = ReadonlyMap<string, ServicePlan>;

/** @param variables what `compose.yaml` may name */
export async function loadProject(variables: Variables): Promise<Project> {
  const { services } = await readCompose();
  const plans = Object.entries(services).map(([name, service]): [string, ServicePlan] => [
    name,
    {
      name,
      environment: interpolateAll(service.environment, variables),
      entrypoint: service.entrypoint,
      dependsOn: Object.keys(service.depends_on),
      portVariables: service.ports.flatMap((port) => port.match(/\w+_PORT/g) ?? []),
      isTool: service.profiles.length > 0,
    },
  ]);
  return new Map(plans);
}

function interpolateAll(environment: Variables, variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, interpolate(value, variables)]),
  );
}

/**
 * The services that are wanted and all that they depend on; with control plane and api-server also what fills them.
 *
 * @throws {Error} for a name that no service has
 */
export function chooseServices(project: Project, wanted: readonly string[]): ServicePlan[] {
  const chosen = new Map<string, ServicePlan>();
  const add = (name: string): void => {
    const plan = project.get(name);
    if (plan === undefined || plan.isTool) {
      const known = [...project.values()].filter(({ isTool }) => !isTool).map((each) => each.name);
      throw new Error(`no service is called ${name}; there are ${known.join(", ")}`);
    }
    if (chosen.has(name)) return;
    for (const other of plan.dependsOn) add(other);
    chosen.set(name, plan);
  };
  for (const name of wanted) add(name);
  if (chosen.has("horizon") && chosen.has("api-server")) add("sample");
  return [...chosen.values()];
}
