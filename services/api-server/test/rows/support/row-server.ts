import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import {
  encodeEntity,
  encodeGroup,
  encodeGroupVersion,
  MemoryRegistrySource,
  type RegistryChange,
} from "@ofs/registry";
import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import {
  type EmbeddedEnvironment,
  EmbeddedRegistrySource,
  EmbeddedRowTables,
  openEmbeddedEnvironment,
} from "@ofs/store";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { catalogOf, versionsOf } from "../../../../../packages/rows/test/support/row-objects.ts";
import {
  type ApiServer,
  type ApiServerOverrides,
  startApiServer,
} from "../../../src/api-server.ts";
import { loadConfig } from "../../../src/config.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** Parsed; undefined where it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
  readonly json: any;
}

export interface RowServer {
  readonly server: ApiServer;
  readonly environment: EmbeddedEnvironment;
  /** Puts objects into the registry, makes their tables, and waits until they are served. */
  register(entities: readonly EntityMetadata[], groups: readonly GroupMetadata[]): Promise<void>;
  /** Puts raw entries into the registry, and waits until they are served. */
  put(changes: readonly RegistryChange[]): Promise<void>;
  /** Asks the row port. @param body sent as it is if it is text, else as JSON */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
}

/** A whole server on a data folder of its own, which goes with the test. */
export async function startRowServer(
  env: Record<string, string> = {},
  overrides: ApiServerOverrides = {},
): Promise<RowServer> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-row-api-"));
  const environment = openEmbeddedEnvironment(folder);
  const source = new EmbeddedRegistrySource(environment, "row");
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ROW_PORT: "0",
    ROW_ENABLED: "true",
    OFS_DATA_FOLDER: folder,
    STORE_TIMEOUT_MS: "60000",
    ...env,
  });
  const server = await startApiServer(config, {
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
    registrySource: new MemoryRegistrySource({}),
    embedded: environment,
    rowRegistrySource: source,
    ...overrides,
  });
  onTestFinished(async () => {
    await server.close();
    await source.close();
    await environment.close();
    await rm(folder, { recursive: true });
  });
  const put = async (changes: readonly RegistryChange[]): Promise<void> => {
    const revision = await source.write(changes);
    await server.rowRegistry?.waitFor(revision, 60_000);
  };
  return {
    server,
    environment,
    put,
    async register(entities, groups) {
      for (const { table, columns, metadata } of catalogOf(entities, groups).groups()) {
        const stored = [...columns.values()].filter(({ isKey }) => !isKey).map((one) => one.stored);
        for (const tenant of new Set([metadata.tenant.read, metadata.tenant.write])) {
          await new EmbeddedRowTables({ environment, tenant }).ensure(table, stored, 0);
        }
      }
      await put([
        ...entities.map(encodeEntity),
        ...groups.map(encodeGroup),
        ...versionsOf(groups).map(encodeGroupVersion),
      ]);
    },
    ask: (method, path, body, headers) => ask(server.rowPort ?? 0, method, path, body, headers),
  };
}

/** One request with a body, also with GET. */
export async function ask(
  port: number,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? {}));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const own = { "content-length": String(bytes.length), ...headers };
    const options = { host: "127.0.0.1", port, method, path, headers: own, agent: false };
    const sent = httpRequest(options, resolve);
    sent.on("error", reject);
    sent.end(bytes);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
