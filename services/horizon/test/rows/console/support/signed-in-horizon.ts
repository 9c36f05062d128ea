import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedLog, EmbeddedLogAdmin } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { Registry } from "prom-client";
import { type FirstAdmin, loadConfig, startHorizon } from "../../../../src/index.ts";

const READY_MS = 30_000;

type Body = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A control plane on an empty folder, with an administrator who is signed in. */
export interface SignedInHorizon {
  readonly dataFolder: string;
  readonly origin: string;
  /** @param body undefined: GET, else POST or the method that is named */
  call(path: string, body?: Body, method?: "POST" | "PUT"): Promise<Answer>;
  close(): Promise<void>;
}

export async function startSignedIn(
  env: Readonly<Record<string, string>>,
): Promise<SignedInHorizon> {
  const folder = mkdtempSync(join(tmpdir(), "ofs-row-console-"));
  const dataFolder = join(folder, "data");
  const log = createLogger({ service: "horizon", level: "DISABLED" });
  const topics = await EmbeddedLog.open(join(folder, "log"), { log });
  let admin: FirstAdmin | undefined;
  const config = loadConfig({
    OFS_DATA_FOLDER: dataFolder,
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ...env,
  });
  const horizon = await startHorizon(config, {
    log,
    metrics: new Registry(),
    logAdmin: new EmbeddedLogAdmin(topics),
    onFirstAdmin: (made) => {
      admin = made;
    },
  });
  await horizon.waitUntilReady(READY_MS);
  const origin = `http://127.0.0.1:${horizon.port}`;
  let token = "";
  const send = async (method: string, path: string, body?: Body): Promise<Answer> => {
    const text = body === undefined ? null : JSON.stringify(body);
    const authorization: Record<string, string> =
      token === "" ? {} : { authorization: `Bearer ${token}` };
    const headers = { "content-type": "application/json", ...authorization };
    const reply = await fetch(origin + path, { method, headers, body: text });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };
  const credentials = { email: admin?.email, password: admin?.madePassword };
  const login = await send("POST", "/login", credentials);
  token = (login.body as { token: string }).token;
  return {
    dataFolder,
    origin,
    call: (path, body, method = "POST") => send(body === undefined ? "GET" : method, path, body),
    async close() {
      await horizon.close();
      await topics.close();
      rmSync(folder, { recursive: true });
    },
  };
}
