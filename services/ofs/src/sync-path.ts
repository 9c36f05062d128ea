import { closeSync, fsyncSync, openSync } from "node:fs";

/** @param path of a file or folder, whose content is on the disk afterwards */
export function syncPath(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
