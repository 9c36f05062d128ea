import { afterAll, beforeAll, describe } from "vitest";
import { describeScenarios } from "./scenarios.ts";
import { type ServerUnderTest, STORE_KINDS, startServerUnderTest } from "./server-under-test.ts";

const CACHE_USES = [
  { name: "no cache", process: false, distributed: false },
  { name: "the process cache", process: true, distributed: false },
  { name: "the distributed cache", process: false, distributed: true },
  { name: "both caches", process: true, distributed: true },
];

const combinations = STORE_KINDS.flatMap((store) =>
  CACHE_USES.map((caches) => ({ store, caches, title: `${store} with ${caches.name}` })),
);

describe.each(combinations)("$title", ({ store, caches }) => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    server = await startServerUnderTest(store, caches);
  });
  afterAll(async () => {
    await server.close();
  });
  describeScenarios(() => server);
});
