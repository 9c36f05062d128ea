import { entityTree, type RegistryEntries } from "@ofs/testkit";
import { CALLER_ID, CALLER_TOKEN, type CacheUse } from "../scenarios/scenario-tree.ts";

export const GROUP = "state";
export const FEATURE = "value";
export const KEY_COLUMN = "id";

/** What an absent key reads as: no test writes it. */
export const ABSENT = -1;

/** A registry with one entity of one group of one number. */
export function faultTree(
  entity: string,
  store: Readonly<Record<string, unknown>>,
  caches: CacheUse,
): RegistryEntries {
  return {
    [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify(store),
    ...entityTree(entity, [KEY_COLUMN], {
      [GROUP]: {
        id: 0,
        type: "Int32",
        versions: [{ [FEATURE]: { default: bytesOf(ABSENT) } }],
        process: caches.process,
        distributed: caches.distributed,
      },
    }),
  };
}

/** The entries that say what keys without a value read as. */
export function defaultOf(entity: string, value: number): RegistryEntries {
  const path = `entities/${entity}/feature-groups/${GROUP}/features/1/feature-meta`;
  const meta = { sequence: 0, "default-value": bytesOf(value).toString("base64") };
  return { [path]: JSON.stringify({ [FEATURE]: meta }) };
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
