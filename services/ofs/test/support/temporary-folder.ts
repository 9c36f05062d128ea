import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder. @returns its path, and a function that removes it with all that is in it */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "ofs-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
