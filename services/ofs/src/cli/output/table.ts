import Table from "cli-table3";

/**
 * Lays text out in columns with a line under the heading; no colour.
 *
 * @returns lines without trailing blanks, each ended
 */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "  ",
    },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  const [heading = "", ...lines] = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const width = Math.max(...[heading, ...lines].map((line) => line.length));
  return `${[heading, "-".repeat(width), ...lines].join("\n")}\n`;
}
