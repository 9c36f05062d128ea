import { join } from "node:path";
import { freePorts, startProcess } from "@ofs/testkit";
import { Operator } from "../../../horizon/test/support/operator.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ADMIN, type LiveFleet, type LiveStores } from "./live-fleet.ts";
import { groundwork } from "./registrations.ts";

const MAIN = join(import.meta.dirname, "../../dist/main.js");
const TOPIC = "online-feature-store.feature_ingestion";
const READY_TIMEOUT_MS = 60_000;
const LETTERS_PATH = `/dlq/${TOPIC}`;

const STORES: LiveStores = {
  confId: 0,
  dbType: "embedded",
  processConfId: 1,
  distributedConfId: undefined,
};

/** A fleet whose data folder is somebody else's. */
export interface EmbeddedFleet extends LiveFleet {
  /** Of each service's HTTP. */
  readonly origins: Readonly<Record<"api" | "consumer" | "horizon", string>>;
}

/** All of it built, in one process on a data folder of its own. */
export async function startEmbeddedFleet(): Promise<LiveFleet> {
  const folder = temporaryFolder();
  try {
    const fleet = await startEmbeddedFleetOn(folder.path, true);
    const close = async (): Promise<void> => {
      await fleet.close();
      folder.remove();
    };
    return { ...fleet, close };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

/** @param isNew whether the folder gets what a load reads and writes */
export async function startEmbeddedFleetOn(
  dataFolder: string,
  isNew: boolean,
): Promise<EmbeddedFleet> {
  const [port = 0, consumerPort = 0, horizonPort = 0] = await freePorts(3);
  const ports = { "--port": port, "--consumer-port": consumerPort, "--horizon-port": horizonPort };
  const fleet = await startProcess({
    script: MAIN,
    args: [
      "--no-sample",
      "--row-port",
      "0",
      "--data-folder",
      dataFolder,
      ...Object.entries(ports).flatMap(([name, value]) => [name, String(value)]),
    ],
    env: { ...ADMIN },
    ready: { line: /^Ctrl-C stops it; the data stays\.$/m },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const close = async (): Promise<void> => {
    await fleet.stop();
  };
  const consumer = `http://127.0.0.1:${consumerPort}`;
  try {
    const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
    const horizon = `http://127.0.0.1:${horizonPort}`;
    const operator = await Operator.signIn(horizon, admin);
    for (const request of isNew ? groundwork(STORES) : []) {
      await operator.approve(request, await operator.submit(request));
    }
    return {
      stores: STORES,
      operator,
      addresses: [`127.0.0.1:${port}`],
      origins: { api: `http://127.0.0.1:${port}`, consumer, horizon },
      async produce(message) {
        await callJson(`${consumer}/ingest/${TOPIC}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(message),
        });
      },
      async letterCount() {
        const { letters } = (await callJson(consumer + LETTERS_PATH)) as { letters: unknown[] };
        return letters.length;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function callJson(url: string, init?: RequestInit): Promise<unknown> {
  const reply = await fetch(url, init);
  if (reply.status === 200) return reply.json();
  throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
}
