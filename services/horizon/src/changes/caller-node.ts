import {
  attempt,
  ConfigNode,
  type Entry,
  foldName,
  NodeFault,
  parseReader,
  quote,
  type Reader,
  readEntries,
} from "@ofs/registry";
import type { JobType } from "./job-payloads.ts";
import type { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";
import type { PlanTree, Writes } from "./writes.ts";

/** Members that a new token, or none, takes the place of; all others are kept, also those that nothing here knows. */
const TOKEN_MEMBERS: ReadonlySet<string> = new Set(["token", "sha256", "previous", "revoked"]);

type Members = Readonly<Record<string, unknown>>;

/** A job or client as the tree has it: `security/<type>/<id>`. */
export interface CallerNode {
  readonly path: string;
  /** Its paths in the tree: one, or one for each member. */
  readonly ownPaths: readonly string[];
  /** `token` and `sha256`, as far as they are there. */
  readonly credentials: Members;
  /** What is neither a token nor about one. */
  readonly others: Members;
  /** What the data plane makes of it. */
  readonly access: Reader | NodeFault;
}

/** @returns undefined, with the reason among the problems, for one that is not there or cannot be written safely */
export function findCaller(
  type: JobType,
  id: string,
  tree: PlanTree,
  view: RegistryView,
  problems: Problems,
): CallerNode | undefined {
  const entry = view.jobs(type).get(id);
  if (entry === undefined) {
    problems.missing("job-id", `${type} ${quote(id)} is not there`);
    return undefined;
  }
  const { path } = entry;
  if (entry.collidesWith !== undefined) {
    const taken = quote(entry.collidesWith);
    problems.conflict("job-id", `readers take ${quote(id)} for the same name as ${taken}`);
    return undefined;
  }
  // Members of a value further up would go on counting beside those that are written here.
  if (entry.node.values.length > (tree.entries.has(path) ? 1 : 0)) {
    problems.conflict("job-id", `${type} ${quote(id)} is part of a JSON value above ${path}`);
    return undefined;
  }
  const members = plainOf(entry.node);
  if (!isMembers(members)) {
    problems.conflict("job-id", `${path} is no JSON object: no token of it is accepted`);
    return undefined;
  }
  const named = Object.entries(members);
  const credentials = named.filter(([name]) => ["token", "sha256"].includes(foldName(name)));
  const others = named.filter(([name]) => !TOKEN_MEMBERS.has(foldName(name)));
  return {
    path,
    ownPaths: pathsBelow(entry, tree),
    credentials: Object.fromEntries(credentials.filter(([, value]) => value !== "")),
    others: Object.fromEntries(others),
    access: attempt(() => parseReader(entry, [])),
  };
}

/** Writes it as one JSON value. `token` comes first, as other software writes it. */
export function writeCaller(
  { path, ownPaths, others }: CallerNode,
  tokens: Members & { readonly token: string },
  writes: Writes,
): void {
  for (const own of ownPaths) if (own !== path) writes.remove(own);
  writes.put(path, JSON.stringify({ ...tokens, ...others }));
}

function pathsBelow({ path }: Entry, tree: PlanTree): string[] {
  return [...tree.entries.keys()].filter((each) => each === path || each.startsWith(`${path}/`));
}

/** Sub-keys and JSON as one value; text where it is neither. */
function plainOf(node: ConfigNode): unknown {
  const [value] = node.values;
  const isPlain = node.children.size === 0 && (typeof value !== "object" || Array.isArray(value));
  if (isPlain) return value;
  const members = attempt(() => readEntries(node, ""));
  if (!(members instanceof NodeFault)) {
    return Object.fromEntries(members.map((member) => [member.name, plainOf(member.node)]));
  }
  if (value instanceof Uint8Array && node.children.size === 0) {
    return Buffer.from(value).toString("utf8");
  }
  // A value that is no object counts for nothing beside sub-keys.
  return plainOf(new ConfigNode([], node.children));
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
