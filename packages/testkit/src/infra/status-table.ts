import type { ServerName } from "../servers/server-address.ts";

export interface ServerStatus {
  readonly name: ServerName;
  readonly variable: string;
  /** `external`: the user's own; `broken`: started by `infra:up`, but a part of it has died. */
  readonly state: "up" | "down" | "broken" | "external";
  readonly address: string;
  readonly pids: readonly number[];
}

/** A table with one line a server. */
export function formatStatusTable(statuses: readonly ServerStatus[]): string {
  const rows = [
    ["SERVER", "STATE", "PIDS", "ADDRESS"],
    ...statuses.map(({ name, state, pids, address }) => [
      name,
      state,
      pids.join(",") || "-",
      address || "-",
    ]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Lines for a shell that should see the same servers. */
export function formatExports(statuses: readonly ServerStatus[]): string {
  return statuses
    .filter(({ state }) => state === "up" || state === "external")
    .map(({ variable, address }) => `export ${variable}=${address}`)
    .join("\n");
}
