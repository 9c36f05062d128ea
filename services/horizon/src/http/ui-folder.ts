import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the web UI's build is in this repository, seen from the source and from its build. */
const BUILT_UI = join(import.meta.dirname, "../../../horizon-ui/dist");

/** @returns the folder that was asked for, else the UI's build if there is one */
export function uiFolder(wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return wanted;
  return existsSync(join(BUILT_UI, "index.html")) ? BUILT_UI : undefined;
}
