import { seededRandom } from "@ofs/testkit";
import { Fleet } from "../../../services/api-server/test/model/fleet.ts";
import { initialSchema } from "../../../services/api-server/test/model/model-schemas.ts";
import { StepRunner } from "../../../services/api-server/test/model/run-steps.ts";
import {
  randomChange,
  type SchemaChange,
} from "../../../services/api-server/test/model/schema-changes.ts";
import type { StoreKind } from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { type Samples, ServerSampler } from "./server-samples.ts";
import { SoakLoad } from "./soak-load.ts";
import type { Point } from "./statistics.ts";

const SAMPLE_INTERVAL_MS = 5_000;
/** The schema changes this often; calls in flight are answered before. */
const SCHEMA_INTERVAL_MS = 20_000;

export interface SoakOptions {
  readonly minutes: number;
  readonly store: StoreKind;
  /** Steps a second. */
  readonly rate: number;
  readonly seed: number;
  readonly isBuilt: boolean;
}

export interface SoakResult {
  readonly options: SoakOptions;
  readonly seconds: number;
  readonly stepCount: number;
  readonly schemaChangeCount: number;
  readonly wrongValueCount: number;
  readonly errorCount: number;
  /** Of the first wrong values and errors. */
  readonly reports: readonly string[];
  readonly samples: Samples;
  readonly latenciesMs: Readonly<Record<"read" | "write", readonly Point[]>>;
}

/** One server under mixed calls at a steady rate, each answer checked against the model. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const random = seededRandom(options.seed);
  const caches = { process: true, distributed: options.store !== "embedded" };
  const schema = initialSchema(random, caches);
  const { store, isBuilt } = options;
  const fleet = await Fleet.start({ store, processCount: 1, schema, isBuilt, hasClock: false });
  try {
    const runner = new StepRunner(fleet, schema);
    const load = new SoakLoad(runner, options.rate, options.seed);
    const sampler = new ServerSampler(fleet);
    const stopSampling = sampleOften(sampler);
    const startedAt = performance.now();
    const endAt = startedAt + options.minutes * 60_000;
    let schemaChangeCount = 0;
    for (let left = endAt - startedAt; left > 0; left = endAt - performance.now()) {
      await load.runFor(Math.min(SCHEMA_INTERVAL_MS, left));
      const change = nextChange(() => randomChange(random, runner.schema, caches, load.stepCount));
      const step = { number: load.stepCount, step: { kind: "schema", change } } as const;
      const failure = await runner.runServerSteps([step]);
      if (failure !== undefined) throw failure.error;
      schemaChangeCount += 1;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await stopSampling();
    const { stepCount, wrongValueCount, errorCount, reports, latenciesMs } = load;
    return {
      options,
      seconds,
      stepCount,
      schemaChangeCount,
      wrongValueCount,
      errorCount,
      reports,
      samples: sampler.samples,
      latenciesMs,
    };
  } finally {
    await fleet.close();
  }
}

/** Not the removal of things: a store of whole records forgets the groups that are away. */
function nextChange(random: () => SchemaChange): SchemaChange {
  for (;;) {
    const change = random();
    if (change.kind !== "remove group" && change.kind !== "remove entity") return change;
  }
}

/** @returns what ends it. @throws {Error} then, if a sample could not be taken */
function sampleOften(sampler: ServerSampler): () => Promise<void> {
  let failure: Error | undefined;
  let last = Promise.resolve();
  const timer = setInterval(() => {
    last = last
      .then(() => sampler.sample())
      .catch((cause: unknown) => {
        failure ??= new Error("a sample of the server could not be taken", { cause });
      });
  }, SAMPLE_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await last;
    if (failure !== undefined) throw failure;
  };
}
