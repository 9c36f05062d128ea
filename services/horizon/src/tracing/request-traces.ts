import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Span,
  type SpanAttributes,
  TRACEPARENT_HEADER,
  TRACESTATE_HEADER,
  type Tracer,
} from "@ofs/platform";
import type { RegistryAuthor } from "@ofs/registry";
import type { RowTables } from "@ofs/store";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { TableMaker } from "../apply/ports.ts";

/** Everything that is no pattern of a path. */
const NO_ROUTE = "unmatched";

/**
 * Traces requests, and what they ask of registry and stores. The request's span is found by asynchronous context: between
 * port and table lie many layers that need not know, and this is no place where microseconds count.
 */
export class RequestTraces {
  readonly #tracer: Tracer;
  readonly #current = new AsyncLocalStorage<Span>();
  readonly #spans = new WeakMap<FastifyRequest, Span>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Call before routes are added. */
  observe(app: FastifyInstance): void {
    app.addHook("onRequest", async (request) => this.#begin(request));
    // Not earlier: reading the body loses the context.
    app.addHook("preHandler", (request, _reply, done) => {
      const span = this.#spans.get(request);
      if (span === undefined) done();
      else this.#current.run(span, done);
    });
    app.addHook("onResponse", async (request, { statusCode }) => {
      const span = this.#spans.get(request);
      span?.setAttributes({ "http.response.status_code": statusCode });
      span?.end(statusCode < 500 ? undefined : new Error(`answered ${statusCode}`));
    });
  }

  /** Tables of the block dialect. */
  tableMaker(tables: TableMaker): TableMaker {
    return {
      make: (need) => {
        const attributes = { "db.system.name": need.dbType, "db.collection.name": need.table };
        return this.#child("ensure table", attributes, () => tables.make(need));
      },
      describe: (need) => tables.describe(need),
    };
  }

  /** Tables of a tenant of the row dialect. */
  rowTables(tables: RowTables): RowTables {
    return {
      describe: (name) => tables.describe(name),
      ensure: (table, columns, ttlSeconds) =>
        this.#child("ensure table", { "db.collection.name": table.name }, () =>
          tables.ensure(table, columns, ttlSeconds),
        ),
      setTtl: (name, ttlSeconds) =>
        this.#child("alter table", { "db.collection.name": name }, () =>
          tables.setTtl(name, ttlSeconds),
        ),
      ping: () => tables.ping(),
      close: () => tables.close(),
    };
  }

  registryAuthor(registry: RegistryAuthor): RegistryAuthor {
    const attributes = { "ofs.registry": registry.name };
    return {
      name: registry.name,
      load: (signal) => registry.load(signal),
      loadForWrite: (signal) =>
        this.#child("load registry", attributes, () => registry.loadForWrite(signal)),
      lastChange: (signal) => registry.lastChange(signal),
      watch: (fromRevision, watcher) => registry.watch(fromRevision, watcher),
      write: (changes) =>
        this.#child("write registry", { ...attributes, "ofs.changes": changes.length }, () =>
          registry.write(changes),
        ),
      writeIf: (changes, expectations, receipt) =>
        this.#child("write registry", { ...attributes, "ofs.changes": changes.length }, () =>
          registry.writeIf(changes, expectations, receipt),
        ),
      close: () => registry.close(),
    };
  }

  #begin(request: FastifyRequest): void {
    const { headers, method } = request;
    const traceparent = textOf(headers[TRACEPARENT_HEADER]);
    const starter = this.#tracer.keep(traceparent);
    if (starter === undefined) return;
    const route = request.is404 ? NO_ROUTE : (request.routeOptions.url ?? NO_ROUTE);
    const span = starter.start(`${method} ${route}`, "server", {
      traceparent,
      tracestate: textOf(headers[TRACESTATE_HEADER]),
      attributes: { "http.request.method": method, "http.route": route },
    });
    this.#spans.set(request, span);
  }

  /** Part of the request that asks for it, if that is traced; what nobody asks for is not. */
  async #child<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    const parent = this.#current.getStore();
    if (parent === undefined) return work();
    const span = parent.startChild(name, "client", attributes);
    let failure: unknown;
    try {
      return await work();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      span.end(failure);
    }
  }
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
