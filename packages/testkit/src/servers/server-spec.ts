import type { Log } from "../install/log.ts";
import type { ServerName } from "./server-address.ts";
import type { ServerNode } from "./server-node.ts";

export interface StartContext {
  /** Empty folder for all of this server's data and logs; goes when this process dies. */
  readonly folder: string;
  readonly log: Log;
}

/** A server, or a set of them that is reached as one, that serves. */
export interface StartedServer {
  /** `host:port`, or a comma-separated list of them. */
  readonly address: string;
  readonly nodes: readonly ServerNode[];
}

/** One kind of real server. A new one is one file, its variable and a line in `all-servers.ts`. */
export interface ServerSpec {
  readonly name: ServerName;
  /** Makes sure that everything needed to start is on this machine. Idempotent and quick if so. */
  install(log: Log): Promise<void>;
  /** Starts it on free ports and waits until it serves; leaves nothing behind when it fails. */
  start(context: StartContext): Promise<StartedServer>;
}

/** Starts nodes side by side; when one fails, stops the others and throws its error. */
export async function startAll(starts: readonly Promise<ServerNode>[]): Promise<ServerNode[]> {
  const outcomes = await Promise.allSettled(starts);
  const nodes = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = outcomes.find((each) => each.status === "rejected");
  if (failed === undefined) return nodes;
  await stopAll(nodes);
  throw failed.reason;
}

/** Runs `work` on nodes that were just started; stops them when it fails. */
export async function orStop<T>(nodes: readonly ServerNode[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await stopAll(nodes);
    throw error;
  }
}

export async function stopAll(nodes: readonly ServerNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
}
