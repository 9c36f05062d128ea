import { hashTag } from "./hash-slot.ts";
import type { RedisKind } from "./options.ts";

/** Key of the hash that holds a record's write times: on a cluster, in the record's slot. */
export function siblingKey(name: string): string {
  return hasBrace(name) ? `ofs:wt:${name}` : `{${name}}:wt`;
}

/** Says why no record can have this key, or nothing if one can. */
export function refuseRecordName(name: string, kind: RedisKind): string | undefined {
  if (kind !== "cluster" || !hasBrace(name) || hashTag(name) !== undefined) return undefined;
  return `key ${name} has a brace but no {tag}: its record and its write times would be on two cluster nodes`;
}

function hasBrace(name: string): boolean {
  return name.includes("{") || name.includes("}");
}
