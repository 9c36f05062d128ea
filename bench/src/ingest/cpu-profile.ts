import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The parts of a `.cpuprofile` that are read here. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node ids, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds from the sample before. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the system's monotonic clock. */
  readonly startTime: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time in which the thread was busy: 0 to 1. */
  readonly share: number;
}

export interface ProfileSummary {
  readonly parts: readonly Share[];
  readonly files: readonly Share[];
}

const NATIVE = "(program)";
const ROOT = "(root)";
const IDLE = new Set(["(idle)", ROOT]);
/** Its own work that no file asked for: the event loop, sockets, timers. */
const NODE = "(Node itself)";

/**
 * Shares of the main thread's busy time by part and by file. What Node's own modules and built-in functions take
 * counts for the file that called them.
 */
export async function summarizeProfile(
  folder: string,
  [from, to]: readonly [fromMicros: number, toMicros: number],
): Promise<ProfileSummary> {
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".cpuprofile"));
  if (name === undefined) throw new Error(`no profile in ${folder}`);
  const profile = JSON.parse(await readFile(join(folder, name), "utf8")) as CpuProfile;
  const owners = ownersOf(profile.nodes);
  const byFile = new Map<string, number>();
  let total = 0;
  let micros = profile.startTime;
  for (const [index, node] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0;
    micros += delta;
    const owner = owners.get(node) ?? NATIVE;
    if (micros < from || micros > to || IDLE.has(owner)) continue;
    byFile.set(owner, (byFile.get(owner) ?? 0) + delta);
    total += delta;
  }
  if (total === 0) throw new Error(`${name} has no samples of the time that was measured`);
  const byPart = new Map<string, number>();
  for (const [file, time] of byFile) {
    const part = partOf(file);
    byPart.set(part, (byPart.get(part) ?? 0) + time);
  }
  return { parts: sharesOf(byPart, total), files: sharesOf(byFile, total) };
}

/** By node: the file that its time counts for, or a name in parentheses. */
function ownersOf(nodes: readonly ProfileNode[]): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node] as const));
  const owners = new Map<number, string>();
  const [root] = nodes;
  const open = root === undefined ? [] : [{ node: root, caller: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const owner = ownerOf(next.node, next.caller);
    owners.set(next.node.id, owner);
    for (const child of next.node.children ?? []) {
      const node = byId.get(child);
      if (node !== undefined) open.push({ node, caller: owner });
    }
  }
  return owners;
}

function ownerOf({ callFrame }: ProfileNode, caller: string): string {
  const { functionName, url } = callFrame;
  if (url !== "" && !url.startsWith("node:")) return shortName(url);
  if (url === "" && functionName.startsWith("(")) return functionName;
  return caller === ROOT ? NODE : caller;
}

/** `ingest/loop/lane.ts`, or `ioredis:built/Command.js` of a dependency. */
function shortName(url: string): string {
  const own = /(?:packages|services)\/([^/]+)\/dist\/(.+)\.js$/.exec(url);
  if (own !== null) return `${own[1]}/${own[2]}.ts`;
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(url);
  if (dependency !== null) return `${dependency[1]}:${dependency[2]}`;
  return url.startsWith("wasm:") ? "zstd (WebAssembly)" : url;
}

/** Package and folder of our own files; anything else is a part by itself. */
function partOf(file: string): string {
  const [dependency = file] = file.split(":");
  if (!file.endsWith(".ts")) return dependency;
  return file.split("/").slice(0, 2).join("/").replace(/\.ts$/, "");
}

function sharesOf(times: ReadonlyMap<string, number>, total: number): Share[] {
  return [...times]
    .map(([name, time]) => ({
      name: name === NATIVE ? "(native code, kernel)" : name,
      share: time / total,
    }))
    .sort((one, other) => other.share - one.share);
}
