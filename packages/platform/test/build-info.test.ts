import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMetrics, ofsVersion, openService, registerBuildInfo } from "@ofs/platform";
import { Registry } from "prom-client";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

test("all packages have one version", () => {
  const versions = ["packages", "services"].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => {
      const text = readFileSync(join(ROOT, folder, name, "package.json"), "utf8");
      return (JSON.parse(text) as { version?: string }).version ?? ofsVersion();
    }),
  );
  expect(versions.length).toBeGreaterThan(10);
  expect(new Set(versions)).toEqual(new Set([ofsVersion()]));
});

test("a service says which version it is, by its own name", async () => {
  const settings = {
    APP_NAME: "onfs",
    APP_ENV: "test",
    APP_LOG_LEVEL: "DISABLED",
    SHUTDOWN_GRACE_MS: 0,
  } as const;
  const metrics = createMetrics({ service: "onfs", env: "test" });
  await openService({ service: "consumer", settings, given: { metrics } }, async () => undefined);
  const line = `ofs_build_info{service="consumer",version="${ofsVersion()}",node="${process.versions.node}",env="test"} 1`;
  expect(sorted(await metrics.metrics(), "ofs_build_info{")).toEqual(sorted(line, ""));
});

test("several services of one process are told apart", async () => {
  const metrics = new Registry();
  for (const service of ["api-server", "consumer", "consumer"]) registerBuildInfo(metrics, service);
  const text = await metrics.metrics();
  expect(text.match(/^ofs_build_info\{/gm)).toHaveLength(2);
});

/** Labels in no order. */
function sorted(text: string, start: string): string[] {
  const line = text.split("\n").find((one) => one.startsWith(start)) ?? "";
  return line.split(/[{},]/).sort();
}
