import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Caller, grpcCaller, httpCaller, Load } from "./load.ts";
import { openSite, PROCESS_TEST_TIMEOUT_MS, type Site } from "./workers-under-test.ts";

const LIMIT = { timeout: PROCESS_TEST_TIMEOUT_MS };

let site: Site;
const callers: Caller[] = [];

beforeEach(async () => {
  site = await openSite();
});

afterEach(async () => {
  for (const caller of callers.splice(0)) caller.close();
  await site.close();
});

/** Connections of both kinds; they spread over the workers. */
function connect(): Caller[] {
  const opened = Array.from({ length: 4 }, () => [grpcCaller(site.port), httpCaller(site.port)]);
  callers.push(...opened.flat());
  return [...callers];
}

describe.each([1, 2])("with %i process(es) that serve", (workerCount) => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s under load fails no accepted call and loses no answered write",
    LIMIT,
    async (signal) => {
      const host = await site.start(workerCount);
      const load = new Load(connect(), 2);
      await load.succeed(200);
      host.process.signal(signal);
      expect(await host.process.exited).toEqual({ code: 0, signal: null });
      await load.stop();
      expect(load.failures).toEqual([]);
      await site.start(1);
      const reader = grpcCaller(site.port);
      callers.push(reader);
      await load.verify(reader);
    },
  );
});
