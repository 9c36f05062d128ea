import type { CheckResult } from "@ofs/platform";
import type { RowRegistry } from "@ofs/registry";

/** Faults that `/ready` shows; their number is always shown. */
const MAX_SHOWN_FAULTS = 20;

/** Nothing can be served before the first catalog. Afterwards a source that is away and faulty objects are warnings. */
export function checkRowRegistry(registry: RowRegistry | undefined): CheckResult {
  if (registry === undefined) {
    return { status: "failing", detail: { error: "the row registry is being opened" } };
  }
  const { revision, source, isLive, loadedFrom, lastError, fileError, backupError, faults } =
    registry.status();
  const detail = {
    revision,
    source,
    isLive,
    loadedFrom,
    ...(lastError === undefined ? {} : { error: lastError }),
    ...(fileError === undefined ? {} : { fileError }),
    ...(backupError === undefined ? {} : { backupError }),
    faultCount: faults.length,
    faults: faults.slice(0, MAX_SHOWN_FAULTS),
  };
  if (registry.catalog() === undefined) return { status: "failing", detail };
  return { status: isLive && faults.length === 0 ? "ok" : "warning", detail };
}
