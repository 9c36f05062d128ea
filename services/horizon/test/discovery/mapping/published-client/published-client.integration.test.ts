import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { installPythonPackages } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, DiscoveryApp } from "../../support/discovery-app.ts";

/** The environment that the push client is tested with against Spark: one of this name is made only once. */
const ENVIRONMENT = "spark-client-1.0.1-3.5.7";
const PYTHON_PACKAGES = [
  "spark-feature-push-client==1.0.1",
  "bharatml-commons==1.0.1",
  "pyspark==3.5.7",
  "numpy==2.4.6",
  "protobuf==7.36.2",
];

const SCRIPT = join(import.meta.dirname, "describe_sources.py");
const INSTALL_TIMEOUT_MS = 900_000;
const SCRIPT_TIMEOUT_MS = 60_000;

let python: string;
let test: DiscoveryApp;
let url: string;

beforeAll(async () => {
  python = await installPythonPackages(ENVIRONMENT, PYTHON_PACKAGES);
  test = await DiscoveryApp.create();
  await test.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = test.app.server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}${BASE}/get-source-mapping`;
}, INSTALL_TIMEOUT_MS);

afterAll(() => test.close());

async function describeSources(token: string): Promise<unknown> {
  const run = promisify(execFile);
  const { stdout } = await run(python, [SCRIPT, url, "user_job", token], {
    timeout: SCRIPT_TIMEOUT_MS,
  });
  return JSON.parse(stdout);
}

describe("the published push client", () => {
  it("understands what a job feeds", async () => {
    expect(await describeSources("new-token")).toEqual({
      entity: "user",
      sources: [
        ["gs://bucket/zones", "PARQUET_GCS", [["zone", "zones___tags___zone"]]],
        [
          "db.t",
          "TABLE",
          [
            ["c1", "t___core___ctr"],
            ["c2", "t___core___cvr"],
          ],
        ],
      ],
      defaults: { t___core___ctr: "0.0", t___core___cvr: "0.0", zones___tags___zone: "[z]" },
      keys: ["user_id"],
      types: {
        t___core___ctr: "DataTypeFP32",
        t___core___cvr: "DataTypeFP32",
        zones___tags___zone: "DataTypeStringVector",
      },
    });
  });

  it("says why it was refused", async () => {
    expect(await describeSources("wrong")).toEqual({
      error: expect.stringContaining("job id or job token is not valid"),
    });
  });
});
