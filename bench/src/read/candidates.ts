import { join } from "node:path";
import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import type { Candidate } from "../candidate.ts";
import { benchTree, type Shape, type Tier, WRITTEN_KEYS, writeQuery } from "../cases.ts";
import { pin, SERVER_CORE } from "../cores.ts";

export const TRANSPORTS = ["front", "grpc-js"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Traces of calls: none; of a hundredth of them; of all. */
export const TRACING_STATES = ["off", "1%", "all"] as const;
export type TracingState = (typeof TRACING_STATES)[number];

const KEPT_SHARE: Readonly<Record<Exclude<TracingState, "off">, string>> = {
  "1%": "0.01",
  all: "1",
};

const WRITE_BATCH = 500;

/** How an api-server is configured that is measured. */
export interface ServerVariant {
  readonly transport: Transport;
  readonly tracing: TracingState;
  /** URL of a collector, for servers that trace. */
  readonly collector: string | undefined;
  /** Folder for CPU profiles, which servers write when they end, each in a folder of its own. */
  readonly profileFolder?: string | undefined;
}

/** The whole api-server, built, with tokens and metrics on; its store holds the rows of these shapes. */
export async function startApiServer(
  tier: Tier,
  variant: ServerVariant,
  shapes: readonly Shape[],
): Promise<Candidate> {
  const { profileFolder, tracing, transport } = variant;
  const name = tracing === "off" ? transport : `${transport}, traces ${tracing}`;
  const server = await startServerUnderTest(tier.store, tier.caches, {
    treeFor: benchTree,
    isBuilt: true,
    env: {
      GRPC_TRANSPORT: transport,
      // A closed loop of dear calls on a busy core must not be refused: that is not what is measured here.
      OVERLOAD_QUEUE_MS: "60000",
      ...tracingEnvironment(variant),
    },
    nodeOptions:
      profileFolder === undefined
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${join(profileFolder, `${transport}-${tracing}`)}`],
  });
  await writeRows(server, shapes);
  await pin(server.pid, SERVER_CORE);
  return {
    name,
    address: server.address,
    pid: server.pid,
    close: () => server.close(),
  };
}

function tracingEnvironment({ collector, tracing }: ServerVariant): Record<string, string> {
  if (tracing === "off" || collector === undefined) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: KEPT_SHARE[tracing],
  };
}

async function writeRows({ client }: ServerUnderTest, shapes: readonly Shape[]): Promise<void> {
  for (const shape of shapes) {
    for (let from = 0; from < WRITTEN_KEYS; from += WRITE_BATCH) {
      await client.persist(writeQuery(shape, from, from + WRITE_BATCH));
    }
  }
}
