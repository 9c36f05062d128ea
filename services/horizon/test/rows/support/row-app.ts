import type { DatabaseSettings } from "@ofs/database";
import { MemoryRegistrySource, type RegistryAuthor } from "@ofs/registry";
import { type FastifyInstance, fastify, type LightMyRequestResponse } from "fastify";
import {
  createRowAdmin,
  type RowAdminParts,
  type RowControlPlane,
} from "../../../src/rows/create-row-admin.ts";
import { serveRowAdmin } from "../../../src/rows/http/serve-row-admin.ts";
import { openMetastore } from "../../../src/rows/metastore/open-metastore.ts";
import { QueuedDdlLock } from "../../../src/rows/tenants/ddl-lock.ts";
import type { TenantClusters } from "../../../src/rows/tenants/entity-tables.ts";
import type { TopicAdmin } from "../../../src/rows/topics/topic-admin.ts";
import { silentLog } from "../../database/new-requests.ts";

/** Of a request of these tests. */
const MAX_REQUEST_BYTES = 200_000;

export interface RowAppOptions<C extends TenantClusters> extends Partial<RowAdminParts> {
  readonly settings: DatabaseSettings;
  readonly clusters: C;
  readonly topics: TopicAdmin | undefined;
}

/** The endpoints of the row dialect over a database and clusters of the test's choice. */
export class RowApp<C extends TenantClusters> {
  readonly app: FastifyInstance;
  readonly admin: RowControlPlane;
  readonly clusters: C;
  readonly registry: RegistryAuthor;

  private constructor(
    app: FastifyInstance,
    admin: RowControlPlane,
    clusters: C,
    registry: RegistryAuthor,
  ) {
    this.app = app;
    this.admin = admin;
    this.clusters = clusters;
    this.registry = registry;
  }

  static async open<C extends TenantClusters>(options: RowAppOptions<C>): Promise<RowApp<C>> {
    const metastore = await openMetastore(options.settings, silentLog);
    const registry = options.registry ?? new MemoryRegistrySource();
    const admin = createRowAdmin({
      ddlLock: new QueuedDdlLock(),
      served: { waitFor: async () => undefined },
      log: silentLog,
      now: Date.now,
      ...options,
      metastore,
      registry,
    });
    const app = fastify({ bodyLimit: MAX_REQUEST_BYTES });
    const maxRequestBytes = MAX_REQUEST_BYTES;
    const audit = { note: async () => undefined };
    const common = { maxRequestBytes, audit, log: silentLog };
    await serveRowAdmin(app, admin, { isAuthEnabled: false, ...common });
    await app.ready();
    return new RowApp(app, admin, options.clusters, registry);
  }

  /** @param body objects are sent as JSON, text as it is */
  async call(
    method: "GET" | "POST" | "PUT",
    url: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<RowAnswer> {
    const payload = typeof body === "object" ? JSON.stringify(body) : body;
    const response = await this.app.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return new RowAnswer(response);
  }

  /** What the registry has, as JSON by path. */
  async published(): Promise<Record<string, Record<string, unknown>>> {
    const { entries } = await this.registry.load(new AbortController().signal);
    return Object.fromEntries(
      [...entries].map(([path, value]) => [path, JSON.parse(Buffer.from(value).toString())]),
    );
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.admin.close();
    await this.admin.metastore.close();
  }
}

/** What a call was answered. */
export class RowAnswer {
  readonly status: number;
  readonly text: string;
  readonly type: string;

  constructor({ statusCode, payload, headers }: LightMyRequestResponse) {
    this.status = statusCode;
    this.text = payload;
    this.type = String(headers["content-type"]);
  }

  get json(): { data?: unknown; error?: { message: string; cause: string; code: string } } {
    return JSON.parse(this.text);
  }

  /** The payload of a success. @throws {Error} with the whole answer if it is none */
  get data(): Record<string, unknown> {
    if (this.status !== 200) throw new Error(`status ${this.status}: ${this.text}`);
    return this.json.data as Record<string, unknown>;
  }

  /** Status and code of a failure, and whether its envelope is whole. */
  get failure(): { status: number; code: string | undefined; message: string | undefined } {
    const { error } = this.json;
    return { status: this.status, code: error?.code, message: error?.cause && error.message };
  }
}
