import { createHash } from "node:crypto";
import type { CallContext, Engine, RetrieveAnswer } from "@ofs/engine";
import { InFlightLimit } from "@ofs/platform";
import type { Reader, Snapshot } from "@ofs/registry";
import { MemoryTracer } from "@ofs/testkit";
import {
  AUTH_TOKEN_HEADER,
  Authenticator,
  CALLER_ID_HEADER,
} from "../../src/auth/authenticator.ts";
import { adminRoutes } from "../../src/http/admin-routes.ts";
import { mirrorRoutes } from "../../src/http/mirror-routes.ts";
import { RequestMetrics } from "../../src/metrics/request-metrics.ts";
import { featureRoutes } from "../../src/routes/feature-routes.ts";
import { schemaRoutes } from "../../src/routes/schema-routes.ts";
import { CallQueue } from "../../src/transport/call-queue.ts";
import type { GrpcTransport } from "../../src/transport/rpc-server.ts";
import { openTestFront, type TestFront } from "./test-front.ts";

/** The time that the authenticator of these tests lives in. */
export const NOW_SECONDS = 1_000;

/** Headers of a caller whose token is its name with `-token`. */
export function credentialsOf(callerId: string, token = `${callerId}-token`) {
  return { [CALLER_ID_HEADER]: callerId, [AUTH_TOKEN_HEADER]: token };
}

export function readerOf(callerId: string, extra: Partial<Reader> = {}): Reader {
  return {
    callerId,
    credentials: [{ sha256: digest(`${callerId}-token`), untilSeconds: undefined }],
    isRevoked: false,
    entities: undefined,
    mayRead: true,
    mayWrite: true,
    ...extra,
  };
}

export function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

/** A snapshot with nothing but readers, and what is given. */
export function snapshotOf(readers: readonly Reader[], extra: Partial<Snapshot> = {}): Snapshot {
  return {
    revision: 7,
    entities: new Map(),
    disabledEntities: new Map(),
    stores: new Map(),
    readers: new Map(readers.map((reader) => [reader.callerId, reader])),
    breakers: new Map(),
    peerCachePercentage: 0,
    faults: [],
    ...extra,
  };
}

/** What the engine was asked. */
export interface EngineCall {
  readonly method: keyof Engine;
  readonly request: Uint8Array;
  readonly context: CallContext;
}

/** An engine that notes what it is asked and answers what it is told. */
export class FakeEngine implements Engine {
  readonly calls: EngineCall[] = [];
  answer: () => RetrieveAnswer | Promise<RetrieveAnswer> = () => ({
    response: new Uint8Array(0),
    degradedCellCount: 0,
  });
  persisted: () => Promise<Uint8Array> = async () => new Uint8Array(0);

  reserve(): undefined {
    return undefined;
  }

  retrieve(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer> {
    return this.#note("retrieve", request, context);
  }

  retrieveDecoded(
    request: Uint8Array,
    context: CallContext,
  ): RetrieveAnswer | Promise<RetrieveAnswer> {
    return this.#note("retrieveDecoded", request, context);
  }

  inspect(request: Uint8Array, context: CallContext): RetrieveAnswer | Promise<RetrieveAnswer> {
    return this.#note("inspect", request, context);
  }

  persist(request: Uint8Array, context: CallContext): Promise<Uint8Array> {
    this.calls.push({ method: "persist", request, context });
    return this.persisted();
  }

  delete(request: Uint8Array, context: CallContext): Promise<Uint8Array> {
    this.calls.push({ method: "delete", request, context });
    return this.persisted();
  }

  #note(method: keyof Engine, request: Uint8Array, context: CallContext) {
    this.calls.push({ method, request: Uint8Array.from(request), context });
    return this.answer();
  }
}

export interface TestApi extends TestFront {
  readonly engine: FakeEngine;
  /** Keeps the traces that callers keep. */
  readonly tracer: MemoryTracer;
  /** What the registry says from now on. */
  setSnapshot(snapshot: Snapshot | undefined): void;
  /** Value of a series in the metrics' text; undefined if it is not there. */
  series(name: string): Promise<string | undefined>;
}

/** The whole API on a free port, before a fake engine. */
export async function openTestApi(
  readers: readonly Reader[],
  maxInFlight = 10,
  queue = new CallQueue({ maxWaitMs: 0 }),
  transport: GrpcTransport = "front",
): Promise<TestApi> {
  const engine = new FakeEngine();
  const tracer = new MemoryTracer();
  let snapshot: Snapshot | undefined = snapshotOf(readers);
  const current = () => snapshot;
  const opened = await openTestFront({}, { transport }, (health, metrics, log) => {
    const authenticator = new Authenticator(current, () => NOW_SECONDS * 1_000);
    const limit = new InFlightLimit("MAX_IN_FLIGHT", maxInFlight);
    const requestMetrics = new RequestMetrics(metrics, limit);
    const guard = { authenticator, limit, queue, metrics: requestMetrics, log, tracer };
    const grpcRoutes = new Map([...featureRoutes(engine, guard), ...schemaRoutes(current, guard)]);
    const mirror = mirrorRoutes({
      routes: grpcRoutes,
      maxRequestBytes: 10_000,
      queue,
      isKnownCaller: (source) => authenticator.isKnown(source),
    });
    return {
      grpcRoutes,
      queue,
      httpRoutes: new Map([...adminRoutes(health, metrics), ...mirror]),
    };
  });
  return {
    ...opened,
    engine,
    tracer,
    setSnapshot(next) {
      snapshot = next;
    },
    async series(name) {
      const lines = (await opened.metrics.metrics()).split("\n");
      return lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
    },
  };
}
