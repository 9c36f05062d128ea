import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePorts } from "../free-ports.ts";
import type { Log } from "../install/log.ts";
import type { ServerName } from "./server-address.ts";
import { emptyFolder, type NodePlan, ServerNode } from "./server-node.ts";

export interface StartContext {
  /** Folder for all of this server's data and logs: empty, and gone when this process dies, unless the server is lasting. */
  readonly folder: string;
  readonly log: Log;
  /** For a server that is nobody's test: its folder is its own and keeps its data, whatever ends. */
  readonly lasting?: {
    /** Its port, and then ports that it needs besides; those that are not given are free ones. */
    readonly ports: readonly number[];
  };
}

/** @returns the ports of a lasting server, and free ones where it has none */
export async function choosePorts(
  { lasting }: StartContext,
  count: number,
  offsets?: readonly number[],
): Promise<number[]> {
  const given = lasting?.ports.slice(0, count) ?? [];
  return [...given, ...(await freePorts(count - given.length, offsets))];
}

/** @returns the folder of a lasting server with what is in it; else a new empty one of this name */
export async function chooseFolder(context: StartContext, name: string): Promise<string> {
  if (context.lasting === undefined) return emptyFolder(join(context.folder, name));
  await mkdir(context.folder, { recursive: true, mode: 0o700 });
  return context.folder;
}

/** Starts a server's process; its folder goes when this process dies, unless it is a lasting one. */
export function startNode(context: StartContext, plan: NodePlan): Promise<ServerNode> {
  return ServerNode.start(plan, context.lasting === undefined ? context.folder : undefined);
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
