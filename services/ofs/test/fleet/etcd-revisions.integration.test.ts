import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { loadConfig as loadServerConfig, startApiServer } from "@ofs/api-server";
import { type FirstAdmin, loadConfig, startHorizon } from "@ofs/horizon";
import { createLogger } from "@ofs/platform";
import { EtcdRegistrySource } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Who serves which registry, where others write to the same etcd: its revisions are not the registry's own. */

const READY_MS = 60_000;
const WAIT_MS = 60_000;
const POLL_MS = 500;
const STORY_MS = 240_000;

interface Instance {
  readonly "registry-revision": number;
  readonly "registry-state": string;
}

const log = createLogger({ service: "ofs", level: "DISABLED" });
const etcd = serverAddress("etcd").text;
const names = [0, 1].map(() => `ofs_fleet_${randomBytes(6).toString("hex")}`);
const [ours, others] = names.map((name) => {
  return new EtcdRegistrySource({ endpoints: etcd, root: `/config/${name}` });
}) as [EtcdRegistrySource, EtcdRegistrySource];
const folder = temporaryFolder();
const closes: (() => Promise<unknown>)[] = [];

function write(source: EtcdRegistrySource, path: string, text: string | undefined) {
  return source.write([{ path, value: text === undefined ? undefined : Buffer.from(text) }]);
}

async function startServer(place: string, env: Record<string, string>): Promise<string> {
  const config = loadServerConfig({
    APP_NAME: names[0],
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ENABLE_HTTP_API: "true",
    ETCD_SERVER: etcd,
    OFS_DATA_FOLDER: join(folder.path, place),
    ...env,
  });
  const server = await startApiServer(config, { log });
  closes.push(() => server.close());
  await server.waitUntilReady(READY_MS);
  return `api-server=http://127.0.0.1:${server.port}`;
}

/** @returns what a control plane that starts now tells of the instances, until it is closed */
async function startControlPlane(services: string): Promise<() => Promise<Instance[]>> {
  let admin: FirstAdmin | undefined;
  const config = loadConfig({
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    ONLINE_FEATURE_STORE_APP_NAME: names[0],
    ETCD_SERVER: etcd,
    OFS_DATA_FOLDER: join(folder.path, `horizon-${closes.length}`),
    HORIZON_FLEET_SERVICES: services,
  });
  const horizon = await startHorizon(config, {
    log,
    onFirstAdmin: (made) => {
      admin = made;
    },
  });
  closes.push(() => horizon.close());
  await horizon.waitUntilReady(READY_MS);
  const origin = `http://127.0.0.1:${horizon.port}`;
  const reply = await fetch(`${origin}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: admin?.email, password: admin?.madePassword }),
  });
  const { token } = (await reply.json()) as { token: string };
  return async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${origin}/api/v1/horizon/fleet`, { headers });
    return ((await answer.json()) as { services: Instance[] }).services;
  };
}

async function waitForStates(
  look: () => Promise<Instance[]>,
  states: readonly string[],
): Promise<Instance[]> {
  const endsAtMs = performance.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found.map((one) => one["registry-state"]).join() === states.join()) return found;
    if (performance.now() > endsAtMs) throw new Error(JSON.stringify(found));
    await delay(POLL_MS);
  }
}

beforeAll(async () => {
  await write(ours, "entities/user/label", "user");
});

afterAll(async () => {
  for (const close of closes.toReversed()) await close();
  await write(ours, "entities/user/label", undefined);
  await write(ours, "entities/item/label", undefined);
  await write(others, "entities/user/label", undefined);
  await ours.close();
  await others.close();
  folder.remove();
});

it(
  "is current though others have written since, and behind only after a change of its own",
  async () => {
    const following = await startServer("following", { ETCD_WATCHER_ENABLED: "true" });
    const deaf = await startServer("deaf", { ETCD_WATCHER_ENABLED: "false" });
    // The control plane reads a later revision of etcd than the servers did, of the same registry.
    const revision = await write(others, "entities/user/label", "user");
    const look = await startControlPlane(`${following},${deaf}`);
    const [first] = await waitForStates(look, ["current", "current"]);
    expect(first?.["registry-revision"]).toBeLessThan(revision);
    const changed = await write(ours, "entities/item/label", "item");
    const [after] = await waitForStates(look, ["current", "behind"]);
    expect(after?.["registry-revision"]).toBe(changed);
  },
  STORY_MS,
);
