import { FeatureStoreError } from "@ofs/platform";

/** Longest path, in UTF-16 units. */
const PATH_LENGTH_MAX = 4096;

/**
 * Checks a path that is to be written: names joined by `/`, relative to the root; `""` is the root.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT
 */
export function assertPath(path: string): void {
  const isGood = path === "" || (path.length <= PATH_LENGTH_MAX && !path.split("/").includes(""));
  if (isGood) return;
  const shown = JSON.stringify(path.slice(0, 100));
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `registry path ${shown}: names joined by single slashes, without one at either end, at most ${PATH_LENGTH_MAX} characters`,
  );
}
