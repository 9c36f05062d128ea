import { type DistributedCache, RetryingDistributedCache } from "@ofs/cache";
import { createLogger, FeatureStoreError } from "@ofs/platform";
import { waitUntil } from "@ofs/testkit";
import { afterEach, expect, test } from "vitest";
import { createFleet, type FleetProcess } from "./fleet.ts";

const log = createLogger({ service: "test", level: "DISABLED" });
const caches: RetryingDistributedCache[] = [];
let isCutOff: boolean;

/** The first process can be cut off from the distributed cache; it alone. */
function createCutFleet(process: boolean): FleetProcess[] {
  isCutOff = false;
  return createFleet(2, { process, distributed: true }, (shared, announce) => {
    const mayBeCut = caches.length === 0;
    const cut = (): void => {
      if (mayBeCut && isCutOff) throw new FeatureStoreError("UNAVAILABLE", "cut off");
    };
    const cache: DistributedCache = {
      ...shared,
      async read(...args) {
        cut();
        return shared.read(...args);
      },
      async invalidate(keys) {
        cut();
        await shared.invalidate(keys);
      },
    };
    const retrying = new RetryingDistributedCache({ cache, onLateInvalidation: announce, log });
    caches.push(retrying);
    return retrying;
  });
}

afterEach(async () => {
  isCutOff = false;
  await Promise.all(caches.splice(0).map((cache) => cache.close()));
});

test.each([false, true])(
  "a write whose tombstone fails: new in its own process at once, everywhere once it is \
made up for (process cache: %s)",
  async (usesProcessCache) => {
    const [writer, other] = createCutFleet(usesProcessCache) as [FleetProcess, FleetProcess];
    await writer.write("k", 1);
    // A record is filled once no tombstone is there: a fresh key has none.
    for (const key of ["a", "b"]) expect(await other.read(key)).toBe(0);
    isCutOff = true;
    await writer.write("a", 2);
    expect(await writer.read("a")).toBe(2);
    // The cut heals, and the record is still the older one: the writer knows better than to use it.
    isCutOff = false;
    expect(await writer.read("a")).toBe(2);
    expect(await other.read("b")).toBe(0);
    await waitUntil(async () => (await other.read("a")) === 2, {
      what: "the late tombstone",
    });
    expect(await writer.read("a")).toBe(2);
    expect(caches[0]?.stats()).toMatchObject({ pendingCount: 0, lateCount: 1 });
  },
);
