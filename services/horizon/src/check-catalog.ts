import { type CheckResult, FeatureStoreError } from "@ofs/platform";
import type { LiveCatalog } from "./discovery/index.ts";

/** The registry's part of readiness: nothing can be shown before its first tree; afterwards being cut off is a warning. */
export function checkCatalog(
  catalog: Pick<LiveCatalog, "current" | "isLive" | "lastError">,
): CheckResult {
  try {
    const { revision } = catalog.current();
    if (catalog.isLive) return { status: "ok", detail: { revision } };
    return { status: "warning", detail: { revision, error: catalog.lastError } };
  } catch (error) {
    if (!(error instanceof FeatureStoreError)) throw error;
    return { status: "failing", detail: { error: error.message } };
  }
}
