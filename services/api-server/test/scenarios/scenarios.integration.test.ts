import { afterAll, beforeAll, describe } from "vitest";
import { describeScenarios } from "./scenarios.ts";
import {
  type ServerUnderTest,
  STORE_KINDS,
  type StoreKind,
  startServerUnderTest,
} from "./server-under-test.ts";

const CACHE_USES = [
  { name: "no cache", process: false, distributed: false },
  { name: "the process cache", process: true, distributed: false },
  { name: "the distributed cache", process: false, distributed: true },
  { name: "both caches", process: true, distributed: true },
];

/** The second transport is tried on a store that answers at once and on one that does not. */
const TRANSPORTS: Readonly<Record<string, readonly StoreKind[]>> = {
  front: STORE_KINDS,
  "grpc-js": ["embedded", "scylla"],
};

const combinations = Object.entries(TRANSPORTS).flatMap(([transport, stores]) =>
  stores.flatMap((store) =>
    CACHE_USES.map((caches) => ({
      store,
      caches,
      transport,
      title: `${store} with ${caches.name} over ${transport}`,
    })),
  ),
);

describe.each(combinations)("$title", ({ store, caches, transport }) => {
  let server: ServerUnderTest;
  beforeAll(async () => {
    // Thirty writes at once on a starved machine are no overload that is asked about here.
    const env = { GRPC_TRANSPORT: transport, OVERLOAD_QUEUE_MS: "10000" };
    server = await startServerUnderTest(store, caches, { env });
  });
  afterAll(async () => {
    await server.close();
  });
  describeScenarios(() => server);
});
