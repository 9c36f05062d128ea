import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export const SOURCE_MAPPING_PATH = "/api/v1/online-feature-store/get-source-mapping";

/** One feature, and the column of a source that it comes from. */
export interface MappedFeature {
  readonly group: string;
  readonly feature: string;
  readonly column: string;
  /** `DataTypeFP32`. */
  readonly dataType: string;
}

export interface SourceMapping {
  readonly entity: string;
  readonly keys: readonly string[];
  /** `db.table`. */
  readonly table: string;
  readonly features: readonly MappedFeature[];
}

export interface SourceMappingServer {
  readonly url: string;
  readonly job: { readonly id: string; readonly token: string };
  close(): Promise<void>;
}

/**
 * What a job asks of the control plane, and nothing else: which features it feeds. Answers only the request that the
 * published client makes: a POST without body or bearer, with the job's id and token in the query.
 */
export async function startSourceMappingServer(
  mapping: SourceMapping,
): Promise<SourceMappingServer> {
  const job = { id: "spark-job", token: "spark-job-token" };
  const body = JSON.stringify(mappingBody(mapping));
  const server = createServer((request, response) => {
    const isKnown = isMappingRequest(request, job);
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(isKnown ? body : JSON.stringify({ error: "unknown job" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${SOURCE_MAPPING_PATH}`,
    job,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function isMappingRequest(
  { method, url = "/", headers }: IncomingMessage,
  job: SourceMappingServer["job"],
): boolean {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return (
    method === "POST" &&
    pathname === SOURCE_MAPPING_PATH &&
    searchParams.get("jobId") === job.id &&
    searchParams.get("jobToken") === job.token &&
    headers["content-type"] === "application/json" &&
    headers.authorization === undefined
  );
}

function mappingBody({ entity, keys, table, features }: SourceMapping): unknown {
  const paths = features.map(({ group, feature, column, dataType }) => ({
    "entity-label": entity,
    "feature-group-label": group,
    "feature-label": feature,
    "source-data-column": column,
    "default-value": "0",
    "data-type": dataType,
  }));
  const basePath = [{ "source-base-path": table, "data-paths": paths }];
  return {
    keys: { [entity]: keys },
    data: [{ "storage-provider": "TABLE", "base-path": basePath }],
  };
}
