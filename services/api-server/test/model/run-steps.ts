import { inspect } from "node:util";
import { type ModelRead, type ModelSchema, OnlineStoreModel } from "@ofs/testkit/model";
import {
  type CallContext,
  checkRead,
  checkRefusal,
  checkWrite,
  compareBesideWrite,
  isAllowed,
  noteWrite,
  sendRead,
  sendWrite,
} from "./call-checks.ts";
import type { Fleet } from "./fleet.ts";
import { applyChange } from "./schema-changes.ts";
import type { CallStep, NumberedStep, Round, ServerStep } from "./steps.ts";

const READS_BESIDE_WRITE = 3;
/** Longest time that the invalidation channel may take, with much to spare. */
const LAG_MS = 2_000;
/** gRPC codes of a call whose server died: whether it counted is not known. */
const LOST_CODES: readonly unknown[] = [1, 2, 4, 13, 14];

/** A step at which the server and the model differ. */
export interface StepFailure {
  readonly number: number;
  readonly step: NumberedStep["step"];
  /** Index in the round; undefined for server steps. */
  readonly lane: number | undefined;
  readonly error: unknown;
}

/** Carries out steps on a fleet and on a model of it. */
export class StepRunner {
  readonly #fleet: Fleet;
  readonly #model: OnlineStoreModel;

  constructor(fleet: Fleet, schema: ModelSchema) {
    this.#fleet = fleet;
    this.#model = new OnlineStoreModel(schema);
  }

  get schema(): ModelSchema {
    return this.#model.schema;
  }

  /** @returns the failure of the lowest number */
  async runRound({ serverSteps, lanes }: Round): Promise<StepFailure | undefined> {
    const failure = await this.runServerSteps(serverSteps);
    if (failure !== undefined) return failure;
    const failures = await Promise.all(lanes.map((steps, lane) => this.runCalls(steps, lane)));
    return failures.filter((f) => f !== undefined).sort((a, b) => a.number - b.number)[0];
  }

  /** Changes of the schema in a row are published together. */
  async runServerSteps(steps: readonly NumberedStep[]): Promise<StepFailure | undefined> {
    for (const [i, { number, step }] of steps.entries()) {
      try {
        if (step.kind === "schema") {
          this.#model.schema = applyChange(this.#model.schema, step.change);
          if (steps[i + 1]?.step.kind !== "schema") await this.#fleet.publish(this.#model.schema);
        } else await this.#runServerStep(step as ServerStep);
      } catch (error) {
        return { number, step, lane: undefined, error };
      }
    }
    return undefined;
  }

  async runCalls(steps: readonly NumberedStep[], lane: number): Promise<StepFailure | undefined> {
    for (const { number, step } of steps) {
      try {
        await this.#runCall(step as CallStep, this.#context(number % this.#fleet.processCount));
      } catch (error) {
        return { number, step, lane, error };
      }
    }
    return undefined;
  }

  #context(server: number): CallContext {
    return {
      model: this.#model,
      client: this.#fleet.client(server),
      nowMs: () => this.#fleet.nowMs(),
      lagMs: this.#fleet.processCount > 1 ? LAG_MS : 0,
    };
  }

  async #runCall(step: CallStep, context: CallContext): Promise<void> {
    switch (step.kind) {
      case "write":
        return checkWrite(context, step.write, step.containerSeed);
      case "read":
        return checkRead(context, step.read, step.isDecoded);
      case "refused":
        return checkRefusal(context, step.refusal);
      case "read beside write":
        return this.#readBesideWrite(step, context);
      case "two writes":
        return this.#twoWrites(step, context);
    }
  }

  /** A read at the same time sees the older value or the newer one; a read after it the newer one. */
  async #readBesideWrite(
    { write, read }: Extract<CallStep, { kind: "read beside write" }>,
    context: CallContext,
  ): Promise<void> {
    if (!isAllowed(this.schema, write)) return checkWrite(context, write);
    await this.#settle(context, read);
    const written = sendWrite(context, write);
    const reads = Array.from({ length: READS_BESIDE_WRITE }, (_, i) =>
      sendRead(this.#other(context, i), read, false),
    );
    const [time, ...answers] = await Promise.all([written, ...reads]);
    noteWrite(context, write, time, "contended");
    for (const answer of answers) compareBesideWrite(context, read, answer);
    noteWrite(context, write, time, "done");
    await checkRead(this.#other(context, 1), read, false);
  }

  /** Waits until every process has heard of the writes before: else one may answer what was before those. */
  async #settle(context: CallContext, read: ModelRead): Promise<void> {
    const { processCount } = this.#fleet;
    if (processCount === 1) return;
    for (let i = 0; i < processCount; i++) await checkRead(this.#other(context, i), read, false);
  }

  async #twoWrites(
    { writes: [first, second] }: Extract<CallStep, { kind: "two writes" }>,
    context: CallContext,
  ): Promise<void> {
    if (!isAllowed(this.schema, first)) return checkWrite(context, first);
    const times = await Promise.all([
      sendWrite(context, first),
      sendWrite(this.#other(context, 1), second),
    ]);
    noteWrite(context, first, times[0], "done");
    // Another process may still answer the one that does not count.
    const isAlone = this.#fleet.processCount === 1;
    noteWrite(context, second, times[1], isAlone ? "contended" : "unknown");
  }

  /** The same, at another process if there is one. */
  #other(context: CallContext, distance: number): CallContext {
    const { processCount } = this.#fleet;
    const own = Array.from({ length: processCount }, (_, i) => i).find(
      (server) => this.#fleet.client(server) === context.client,
    );
    return this.#context(((own ?? 0) + distance) % processCount);
  }

  async #runServerStep(step: ServerStep): Promise<void> {
    if (step.kind === "clock") {
      this.#fleet.jumpClock(step.jumpMs);
    } else if (step.kind === "restart" && step.signal === "SIGTERM") {
      const code = await this.#fleet.restart(step.server, "SIGTERM");
      if (code !== 0)
        throw new Error(`server ${step.server} ended with code ${code} after SIGTERM`);
    } else if (step.kind === "restart") {
      await this.#killDuring(step);
    }
  }

  async #killDuring({
    server,
    writes,
  }: Extract<ServerStep, { kind: "restart"; signal: "SIGKILL" }>): Promise<void> {
    const context = this.#context(server);
    const sentMs = this.#fleet.nowMs();
    const sent = writes
      .filter((write) => isAllowed(this.schema, write))
      .map(async (write) => ({ write, time: await answered(sendWrite(context, write)) }));
    await Promise.race(sent);
    const restarted = this.#fleet.restart(server, "SIGKILL");
    for (const { write, time } of await Promise.all(sent)) {
      const lostAt = { sentMs, answeredMs: this.#fleet.nowMs() };
      noteWrite(context, write, time ?? lostAt, time === undefined ? "unknown" : "done");
    }
    await restarted;
  }
}

/** @returns undefined if the server died before it answered */
async function answered<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (LOST_CODES.includes((error as { code?: unknown }).code)) return undefined;
    throw error;
  }
}

/** For reports. */
export function describeStep({ number, step }: NumberedStep): string {
  const text = inspect(step, { depth: 8, breakLength: 160, maxArrayLength: 40 });
  return `step ${number}: ${text}`;
}
