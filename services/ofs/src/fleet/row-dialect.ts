import { type ApiServer, HttpRowAdmin, type RowAdmin } from "@ofs/api-server";
import type { Consumer } from "@ofs/consumer";
import { FeatureStoreError } from "@ofs/platform";
import type { Revision } from "@ofs/registry";

/** How long a change in the control plane waits until the others serve it. */
const SERVED_MS_MAX = 1_000;

/** The control plane's creations for the api-server, which is there before it. */
export class LateRowAdmin implements RowAdmin {
  #admin: RowAdmin | undefined;

  /** @param address `host:port` of the control plane */
  connect(address: string): void {
    this.#admin = new HttpRowAdmin(`http://${address}`);
  }

  async post(path: string, body: string, signal?: AbortSignal): ReturnType<RowAdmin["post"]> {
    if (this.#admin !== undefined) return this.#admin.post(path, body, signal);
    throw new FeatureStoreError("UNAVAILABLE", "the control plane is being started");
  }
}

/** Tells the control plane when what it has written is served by all of this process. */
export function rowsServed(
  server: Pick<ApiServer, "rowRegistry">,
  consumer: Pick<Consumer, "rowRegistry">,
): { waitFor(revision: Revision): Promise<void> } {
  return {
    async waitFor(revision) {
      const registries = [server.rowRegistry, consumer.rowRegistry()];
      const served = registries.flatMap((one) => one?.waitFor(revision, SERVED_MS_MAX) ?? []);
      // Whether they are quick or not, the change is made.
      await Promise.allSettled(served);
    },
  };
}
