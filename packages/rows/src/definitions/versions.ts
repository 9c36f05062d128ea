import { RowError } from "../errors.ts";
import type { GroupMetadata } from "../model.ts";
import { formatVersion, parseVersion } from "../names.ts";

/**
 * The version that a creation makes.
 *
 * @param latest the group's; undefined where there is no such group yet
 * @throws {RowError} FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION, VERSIONING-DISABLED-EXCEPTION
 */
export function planVersion(
  latest: Pick<GroupMetadata, "version" | "versionEnabled"> | undefined,
  isUpgrade: boolean,
): string {
  if (latest === undefined) return formatVersion(1);
  if (!isUpgrade) throw RowError.of("FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION");
  if (!latest.versionEnabled) throw RowError.of("VERSIONING-DISABLED-EXCEPTION");
  const number = parseVersion(latest.version);
  if (number !== undefined) return formatVersion(number + 1);
  const cause = `latest version ${JSON.stringify(latest.version)} is not v<number>`;
  throw RowError.of("DarwinOfsV2-UNKNOWN-EXCEPTION", { cause });
}
