import { createLogger, openService, type ServiceBaseOptions } from "@ofs/platform";
import { Registry } from "prom-client";
import { expect, test } from "vitest";

function options(lines: string[], metrics = new Registry()): ServiceBaseOptions {
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: "program", level: "DEBUG", destination });
  const settings = {
    APP_NAME: "onfs",
    APP_ENV: "test",
    APP_LOG_LEVEL: "WARN",
    SHUTDOWN_GRACE_MS: 0,
  } as const;
  return { service: "t", settings, given: { log, metrics } };
}

test("a service opens on the log and metrics of the program around it", async () => {
  const metrics = new Registry();
  const lines: string[] = [];
  const given = options(lines, metrics);
  const opened = await openService(given, async (base) => {
    base.log.info("hello");
    return base;
  });
  expect(opened.metrics).toBe(metrics);
  expect(lines.join("")).toContain("hello");
});

test("a service that has none makes its own, named by its settings", async () => {
  const { settings } = options([]);
  const { metrics } = await openService(
    { service: "t", settings, given: {} },
    async (base) => base,
  );
  expect(await metrics.metrics()).toContain('service="onfs"');
});

test("what a service had opened is closed, in reverse, if it fails to open", async () => {
  const closed: string[] = [];
  const opening = openService(options([]), async ({ lifecycle }) => {
    lifecycle.register("first", () => void closed.push("first"));
    lifecycle.register("second", () => void closed.push("second"));
    throw new Error("the port is taken");
  });
  await expect(opening).rejects.toThrow("the port is taken");
  expect(closed).toEqual(["second", "first"]);
});
