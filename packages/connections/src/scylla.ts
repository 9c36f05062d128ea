import type { Logger } from "@ofs/platform";
import { type BlockStore, connectScylla, ScyllaBlockStore } from "@ofs/store";
import type { ScyllaSettings } from "./config/scylla-settings.ts";
import { LateBlockStore } from "./late-block-store.ts";

/** A Cassandra or ScyllaDB store that connects in the background, again and again until it works. */
export function openScyllaStore({ confId, options }: ScyllaSettings, log: Logger): BlockStore {
  return new LateBlockStore("scylla", `scylla ${confId}`, async () => {
    const connection = await connectScylla({ ...options, log });
    return new ScyllaBlockStore({ connection });
  });
}
