import type { RegistryChange, RegistryFault, RegistryTree } from "@ofs/registry";
import { shorten } from "../output/feature-text.ts";

/** Values below this hold tokens. */
const SECRET_PATH = /^security\//;

/** One line a change: `+ path = value`, `~ path: old -> new`, `- path = old`. Tokens are hidden, long values cut. */
export function formatChanges(tree: RegistryTree, changes: readonly RegistryChange[]): string {
  const lines = changes.map(({ path, value }) => {
    const before = tree.entries.get(path);
    if (value === undefined) return `- ${path} = ${showValue(path, before)}\n`;
    const now = showValue(path, value);
    return before === undefined
      ? `+ ${path} = ${now}\n`
      : `~ ${path}: ${showValue(path, before)} -> ${now}\n`;
  });
  return lines.join("");
}

/** One line a fault. */
export function formatFaults(faults: readonly RegistryFault[]): string {
  return faults
    .map(({ path, reason, disables }) => {
      const effect = disables === "nothing" ? "" : ` (disables the ${disables})`;
      return `  ${path === "" ? "/" : path}: ${reason}${effect}\n`;
    })
    .join("");
}

function showValue(path: string, value: Uint8Array | undefined): string {
  if (SECRET_PATH.test(path)) return "(hidden)";
  return shorten(Buffer.from(value ?? []).toString("utf8"));
}
