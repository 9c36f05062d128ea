import cookie from "@fastify/cookie";
import { createLogger, FeatureStoreError } from "@ofs/platform";
import { MemoryRegistrySource, type RegistryAuthor } from "@ofs/registry";
import {
  type FastifyInstance,
  fastify,
  type InjectOptions,
  type LightMyRequestResponse,
} from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { TableMaker } from "../../../src/apply/ports.ts";
import type { Session, Sessions } from "../../../src/auth/sessions.ts";
import type { TableNeed } from "../../../src/changes/model.ts";
import {
  type AuditEntry,
  type ChangeRequest,
  ROLES,
  type Role,
} from "../../../src/database/ports.ts";
import { DriftReporter, discoveryRoutes, LiveCatalog } from "../../../src/discovery/index.ts";
import type { ValueReader, ValueRequest } from "../../../src/discovery/values/feature-values.ts";
import { guardRoutes } from "../../../src/http/access.ts";
import { describeRoutes } from "../../../src/http/api-docs.ts";
import { tagReads } from "../../../src/http/entity-tags.ts";
import { answerFailures } from "../../../src/http/error-replies.ts";
import { readJsonBodies } from "../../../src/http/json-bodies.ts";
import { EXAMPLE } from "./example-tree.ts";
import { exampleRequests } from "./requests.ts";

export const BASE = "/api/v1/online-feature-store";

const log = createLogger({ service: "horizon", level: "DISABLED" });

type Row = Awaited<ReturnType<ValueReader["read"]>>[number];

/** Discovery as it is served, over a registry in memory. A caller's token is the name of its role. */
export class DiscoveryApp {
  readonly source = new MemoryRegistrySource({ ...EXAMPLE });
  readonly catalog = new LiveCatalog(this.source, log);
  readonly audit: Omit<AuditEntry, "id">[] = [];
  readonly tables = new FakeTables();
  readonly valueRequests: ValueRequest[] = [];
  requests: ChangeRequest[] = exampleRequests();
  rows: readonly Row[] = [];
  nowMs = 1_000_000;
  /** What somebody else does between a comparison and a repair. */
  beforeWrite: () => Promise<unknown> = async () => undefined;
  app!: FastifyInstance;

  static async create(): Promise<DiscoveryApp> {
    const test = new DiscoveryApp();
    await test.catalog.start();
    const app = fastify();
    test.app = app;
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    readJsonBodies(app);
    answerFailures(app, log);
    await app.register(cookie);
    guardRoutes(app, { find: findSession } as unknown as Sessions, []);
    tagReads(app);
    await describeRoutes(app, "0.0.0");
    await test.#addRoutes();
    await app.ready();
    return test;
  }

  async #addRoutes(): Promise<void> {
    const { catalog, tables } = this;
    const now = (): number => this.nowMs;
    const audit = {
      add: async (entry: Omit<AuditEntry, "id">): Promise<void> => {
        this.audit.push(entry);
      },
    };
    const requests = {
      list: async ({ offset = 0, limit = 1_000 }: { offset?: number; limit?: number }) => ({
        requests: this.requests.slice(offset, offset + limit),
        total: this.requests.length,
      }),
    };
    const author: Pick<RegistryAuthor, "writeIf"> = {
      writeIf: async (changes, expectations) => {
        await this.beforeWrite();
        return this.source.writeIf(changes, expectations);
      },
    };
    const values: ValueReader = {
      read: async (request) => {
        this.valueRequests.push(request);
        return this.rows;
      },
    };
    const drift = new DriftReporter({ catalog, requests, tables, author, audit, log, now });
    const stores = {
      kinds: new Map([
        [1, "scylla"],
        [4, "redis_failover"],
      ]),
      distributedCacheConfIds: [2],
      processCacheConfIds: [3],
    };
    await discoveryRoutes({ catalog, stores, drift, values, audit, now })(this.app);
  }

  /** Changes the registry, and waits until it is seen. */
  async change(path: string, value: string | undefined): Promise<void> {
    const revision =
      value === undefined ? await this.source.delete(path) : await this.source.put(path, value);
    await this.catalog.waitFor(revision, 5_000);
  }

  call(
    role: Role,
    method: "GET" | "POST",
    path: string,
    payload?: InjectOptions["payload"],
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return this.app.inject({
      method,
      url: `${BASE}/${path}`,
      headers: { authorization: `Bearer ${role}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.catalog.close();
  }
}

/** One table, as the example's store has it. */
export class FakeTables implements TableMaker {
  readonly columns = new Map([
    ["user_id", "text"],
    ["seg_0", "blob"],
    ["seg_1", "blob"],
  ]);
  readonly made: TableNeed[] = [];
  failure: Error | undefined;

  async make(need: TableNeed): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.made.push(need);
    for (const column of need.columns) this.columns.set(column, "blob");
  }

  async describe() {
    if (this.failure !== undefined) throw this.failure;
    return { primaryKeys: ["user_id"], columns: this.columns };
  }
}

async function findSession(token: string): Promise<Session> {
  const role = ROLES.find((known) => known === token);
  if (role === undefined) throw new FeatureStoreError("UNAUTHENTICATED", "invalid token");
  const email = `${role}@example.org`;
  const user = { id: 1, firstName: "Ada", lastName: "Example", email, role, passwordHash: "" };
  const state = {
    isActive: true,
    mustChangePassword: false,
    failedLoginCount: 0,
    lockedUntilMs: 0,
  };
  return { user: { ...user, ...state }, tokenHash: "", csrfToken: "" };
}
