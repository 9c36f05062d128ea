import { encodeGroup, encodeGroupVersion, type RowEntry } from "@ofs/registry";
import type { GroupMetadata, GroupVersion } from "@ofs/rows";

/** The versions of one feature group; the latest version's number is last, so nobody looks for what is not there yet. */
export function groupEntries(
  groups: readonly GroupMetadata[],
  version: GroupVersion | undefined,
): RowEntry[] {
  const entries = groups.map(encodeGroup);
  return version === undefined ? entries : [...entries, encodeGroupVersion(version)];
}
