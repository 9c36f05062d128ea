import type { BlockStore, BlockTable, RowOutcome, StoredCell } from "@ofs/store";
import { entity, featureGroup, storeDefinition, textBlock } from "../../fixtures.ts";

/** What the child processes of the embedded store's tests write and read: two groups a row. */
export const GROUPS = [
  featureGroup({ label: "scores", id: 1 }),
  featureGroup({ label: "tags", id: 2 }),
] as const;

const TABLE: BlockTable = {
  entity: entity("user", ["user_id"], GROUPS),
  store: storeDefinition(),
};

/** Writes one row, the version in both of its groups, at a time that grows with it. */
export async function writeVersion(
  store: BlockStore,
  key: string,
  version: number,
): Promise<RowOutcome> {
  const blocks = GROUPS.map(({ label }) => textBlock(`${label} of ${key}: ${version}`));
  const [outcome] = await store.write({
    ...TABLE,
    groups: GROUPS,
    rows: [{ key: [key], blocks }],
    writeTimeMicros: Math.round(version * 2) + 1,
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return outcome;
}

/**
 * @returns the version of each key's row, -1 for no row
 * @throws {Error} if a row is damaged, or its groups are of different versions
 */
export async function readVersions(store: BlockStore, keys: readonly string[]): Promise<number[]> {
  const cells = await store.read({
    ...TABLE,
    groups: GROUPS,
    keys: keys.map((key) => [key]),
    deadlineMs: Number.POSITIVE_INFINITY,
  });
  return keys.map((key, index) => {
    const versions = GROUPS.map(({ label }, group) =>
      versionOf(cells[index * GROUPS.length + group], `${label} of ${key}: `),
    );
    const [version] = versions;
    if (version === undefined || versions.some((each) => each !== version)) {
      throw new Error(`row ${key} has groups of versions ${versions.join(", ")}`);
    }
    return version;
  });
}

function versionOf(cell: StoredCell, prefix: string): number {
  if (cell === undefined) return -1;
  if (cell instanceof Error) throw cell;
  const text = Buffer.from(cell).subarray(textBlock("").length).toString();
  if (!text.startsWith(prefix)) throw new Error(`block ${JSON.stringify(text)}, not of ${prefix}`);
  return Number(text.slice(prefix.length));
}
