import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

/** The control plane of a fleet with the sample, whose own caller is gone. */
const temporary = temporaryFolder();
let fleet: TestFleet;
let token: string;

beforeAll(async () => {
  fleet = await startTestFleet(temporary.path);
  const { email, madePassword: password } = fleet.firstAdmin ?? {};
  await fleet.stop();
  const environment = openEmbeddedEnvironment(temporary.path);
  const source = new EmbeddedRegistrySource(environment);
  await source.write([{ path: "security/reader/quickstart", value: undefined }]);
  await source.close();
  await environment.close();

  fleet = await startTestFleet(temporary.path);
  expect(fleet.hasSample).toBe(false);
  ({ token } = (await post("/login", { email, password })) as { token: string });
});

afterAll(async () => {
  await fleet?.stop();
  temporary.remove();
});

async function post(path: string, body: object): Promise<unknown> {
  const reply = await fetch(`http://${fleet.horizonAddress}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  expect(reply.status, path).toBe(200);
  return reply.json();
}

test.each([
  ["movie", 1],
  ["route", 2],
  ["airport", 3],
])("%s of the sample takes another feature group", async (entity, store) => {
  const feature = {
    labels: "clicks",
    "default-values": "0",
    "storage-provider": "",
    "source-base-path": "",
    "source-data-column": "",
    "string-length": "0",
    "vector-length": "0",
  };
  const preview = await post("/api/v1/online-feature-store/preview/feature-group", {
    "entity-label": entity,
    "fg-label": "behaviour",
    "job-id": "quickstart",
    "store-id": store,
    "ttl-in-seconds": 3600,
    "in-memory-cache-enabled": true,
    "distributed-cache-enabled": false,
    "data-type": "DataTypeInt32",
    "layout-version": 1,
    features: [feature],
  });
  expect(preview).toMatchObject({ problems: [] });
});

test("values are shown whoever may call", async () => {
  const answer = await post("/api/v1/online-feature-store/values", {
    entity: "movie",
    keys: [{ movie_id: "inception" }],
    features: { ratings: ["imdb_rating"] },
  });
  const groups = [{ presence: "stored", "schema-version": 1, "expires-at": null }];
  const values = [{ "feature-label": "imdb_rating", "equals-default": false }];
  expect(answer).toMatchObject({ rows: [{ error: null, groups, values }] });
});
