import { randomUUID } from "node:crypto";
import { EtcdRegistrySource, parseSnapshot } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterEach, expect, it } from "vitest";
import { SAMPLE_TREE_FILE } from "../../src/sample/sample-rows.ts";
import { cliRun } from "../support/cli-run.ts";

/** A root of its own for each run. */
const appName = `ofs-load-${randomUUID()}`;
let source: EtcdRegistrySource | undefined;

afterEach(async () => {
  await source?.close();
});

it("loads a tree that takes several transactions into etcd, once", async () => {
  const { host, port } = serverAddress("etcd");
  const endpoints = `${host}:${port}`;
  const env = { ETCD_SERVER: endpoints, APP_NAME: appName };
  const run = await cliRun(["load", SAMPLE_TREE_FILE], { env });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  expect(run.stdout).toContain(`written to etcd ${endpoints}, /config/${appName} at revision`);
  expect(run.stdout).toContain("+ security/reader/quickstart = (hidden)\n");

  source = new EtcdRegistrySource({ endpoints, root: `/config/${appName}`, isWatchEnabled: false });
  const { entries, revision } = await source.load(AbortSignal.timeout(10_000));
  const { entities, faults } = parseSnapshot(entries, revision);
  expect(faults).toEqual([]);
  expect([...entities.keys()].toSorted()).toEqual(["airport", "movie", "route"]);

  const again = await cliRun([
    "load",
    SAMPLE_TREE_FILE,
    "--etcd",
    endpoints,
    "--app-name",
    appName,
  ]);
  expect(again.stdout).toMatch(/^0 added, 0 changed, \d+ unchanged; nothing written/);
  await source.write(
    [...entries.keys()].map((path) => ({ path, value: undefined })),
    {
      isChunked: true,
    },
  );
});
