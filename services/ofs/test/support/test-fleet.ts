import { createLogger, Lifecycle } from "@ofs/platform";
import { type Fleet, startFleet } from "../../src/fleet/fleet.ts";
import type { FleetOptions } from "../../src/fleet/options.ts";

/** A fleet inside of this process. */
export interface TestFleet extends Fleet {
  /** What it wrote while it loaded the sample. */
  readonly progress: string;
  /** Ends it in order. */
  stop(): Promise<void>;
}

const CLOSE_MS = 10_000;

/** Starts a fleet on any free port; a small part of the sample unless told otherwise. */
export async function startTestFleet(
  dataFolder: string,
  options: Partial<FleetOptions> = {},
): Promise<TestFleet> {
  const log = createLogger({ service: "ofs", level: "DISABLED" });
  const lifecycle = new Lifecycle(log, CLOSE_MS);
  const stopping = new AbortController();
  let progress = "";
  const all = {
    reset: false,
    sample: true,
    port: 0,
    rowPort: 0,
    consumerPort: 0,
    horizonPort: 0,
    populatorPort: 0,
    host: "127.0.0.1",
    sampleRows: 30,
  };
  try {
    const fleet = await startFleet(
      { ...all, dataFolder, ...options },
      {
        env: {},
        log,
        lifecycle,
        signal: stopping.signal,
        output: { write: (text) => (progress += text) },
      },
    );
    const stop = async (): Promise<void> => {
      stopping.abort();
      await lifecycle.close();
    };
    return { ...fleet, progress, stop };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}
