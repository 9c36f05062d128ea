import { createHash } from "node:crypto";

/** A Lua script, sent by its digest where the server knows it. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  /** Hex. */
  readonly sha1: string;
}

export function createScript(name: string, source: string): RedisScript {
  return { name, source, sha1: createHash("sha1").update(source).digest("hex") };
}

/** One command. On a cluster all its keys hash to one slot. */
export interface RedisCommand {
  /** Lower-case name of a command whose keys come first, or a script. */
  readonly command: string | RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly (string | Buffer)[];
}

/** A command as its name and everything that follows it. */
export type WireCommand = readonly [name: string, ...args: (string | Buffer)[]];

/** @param isSourceSent sends a script as its source, for a server that does not know the digest */
export function toWireCommand(
  { command, keys, args }: RedisCommand,
  isSourceSent = false,
): WireCommand {
  if (typeof command === "string") return [command, ...keys, ...args];
  const keyCount = String(keys.length);
  if (isSourceSent) return ["eval", command.source, keyCount, ...keys, ...args];
  return ["evalsha", command.sha1, keyCount, ...keys, ...args];
}

/** Bytes of keys and arguments, roughly: what a pending command holds in memory. */
export function sizeOfCommand({ keys, args }: RedisCommand): number {
  let size = 0;
  for (const key of keys) size += key.length;
  for (const arg of args) size += arg.length;
  return size;
}
