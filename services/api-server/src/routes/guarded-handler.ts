import type { CallContext } from "@ofs/engine";
import {
  type CancelSignal,
  FeatureStoreError,
  type InFlightLimit,
  type Logger,
  type Span,
  type Tracer,
  toWireStatus,
  traceFields,
  type UnaryCall,
  type UnaryHandler,
  type UnaryReply,
} from "@ofs/platform";
import type { Reader } from "@ofs/registry";
import { type Access, type Authenticator, assertAccess } from "../auth/authenticator.ts";
import { type RequestMetrics, UNKNOWN_CALLER } from "../metrics/request-metrics.ts";
import type { CallQueue, Place } from "../transport/call-queue.ts";
import { endCallSpan, startCallSpan } from "./call-spans.ts";

export interface GuardDeps {
  readonly authenticator: Authenticator;
  readonly limit: InFlightLimit;
  readonly queue: CallQueue;
  readonly metrics: RequestMetrics;
  readonly log: Logger;
  /** undefined: nothing is traced. */
  readonly tracer?: Tracer | undefined;
}

/** Work on an admitted call. */
export type GuardedWork = (
  request: Uint8Array,
  context: CallContext,
) => UnaryReply | Promise<UnaryReply>;

/** Keeps a place for a call that waits for its turn. */
export type Reserve = (request: Uint8Array, context: CallContext) => Place;

/**
 * Puts the same guard before every method: authenticate, check the access, admit below the in-flight limit,
 * wait for a turn, and count the outcome of whatever happens. A synchronous answer stays synchronous.
 * What fails without having been thrown on purpose is logged here, where its trace is known, and handed on as INTERNAL.
 */
export function guardedHandler(
  access: Access,
  work: GuardedWork,
  deps: GuardDeps,
  reserve?: Reserve,
): UnaryHandler {
  return (call) => {
    const guard = new Guard(call, deps);
    try {
      const context = guard.admit(access);
      const reply = deps.queue.run(
        call,
        () => work(call.request, context),
        () => reserve?.(call.request, context),
      );
      if (!(reply instanceof Promise)) return guard.succeed(reply);
      return reply.then(
        (answer) => guard.succeed(answer),
        (error: unknown) => guard.fail(error),
      );
    } catch (error) {
      return guard.fail(error);
    }
  };
}

/** One call on its way through the guard. */
class Guard {
  readonly #call: UnaryCall;
  readonly #deps: GuardDeps;
  readonly #startedAtMs = performance.now();
  readonly #span: Span | undefined;
  #callerId = UNKNOWN_CALLER;
  #isAdmitted = false;
  #isRecorded = false;

  constructor(call: UnaryCall, deps: GuardDeps) {
    this.#call = call;
    this.#deps = deps;
    this.#span = deps.tracer && startCallSpan(deps.tracer, call);
  }

  admit(access: Access): CallContext {
    const reader = this.#deps.authenticator.authenticate(this.#call);
    this.#callerId = reader.callerId;
    assertAccess(reader, access);
    this.#deps.limit.enter();
    this.#isAdmitted = true;
    return new AdmittedCall(this.#call, reader, this.#span);
  }

  succeed(reply: UnaryReply): UnaryReply {
    // Past the deadline the transport has answered DEADLINE_EXCEEDED already.
    const isLate =
      this.#call.deadlineMs !== Number.POSITIVE_INFINITY && Date.now() > this.#call.deadlineMs;
    if (isLate)
      return this.fail(new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed"));
    this.#leave("OK");
    return reply;
  }

  fail(error: unknown): never {
    const { code, message, name } = toWireStatus(error);
    if (code === "INTERNAL" && !this.#isRecorded) this.#logFailure(error);
    this.#leave(name, error);
    if (error instanceof FeatureStoreError) throw error;
    throw new FeatureStoreError(code, message, { cause: error });
  }

  #logFailure(err: unknown): void {
    const about = { err, method: this.#call.method, ...traceFields(this.#span) };
    this.#deps.log.error(about, "a call failed unexpectedly");
  }

  #leave(status: string, error?: unknown): void {
    if (this.#isRecorded) return;
    this.#isRecorded = true;
    if (this.#isAdmitted) this.#deps.limit.leave();
    const seconds = (performance.now() - this.#startedAtMs) / 1000;
    this.#deps.metrics.record(this.#call.method, this.#callerId, status, seconds);
    if (this.#span !== undefined) endCallSpan(this.#span, error);
  }
}

/** The engine's view of an admitted call. The signal is asked for only where something waits. */
class AdmittedCall implements CallContext {
  readonly callerId: string;
  readonly deadlineMs: number;
  readonly entities: ReadonlySet<string> | undefined;
  readonly span: Span | undefined;
  readonly #call: UnaryCall;

  constructor(call: UnaryCall, reader: Reader, span: Span | undefined) {
    this.callerId = reader.callerId;
    this.deadlineMs = call.deadlineMs;
    this.entities = reader.entities;
    this.span = span;
    this.#call = call;
  }

  get signal(): CancelSignal {
    return this.#call.signal;
  }
}
