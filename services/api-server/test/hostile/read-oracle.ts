import { retrieve } from "@ofs/proto";
import { columnsOf } from "./canary.ts";
import { FEATURES, PAIR, VICTIM } from "./hostile-tree.ts";
import { KNOWN_KEYS } from "./target.ts";

/** What an absent key is answered, by group and label, in hex. */
const DEFAULTS: Readonly<Record<string, string>> = {
  a: "00000000",
  b: "00000000",
  f: "00000000",
  g: "00000000",
  s: Buffer.from("none").toString("hex"),
  t: Buffer.from("none").toString("hex"),
  v: "00".repeat(12),
  on: "00",
};
const COLUMN_ORDER = Object.values(FEATURES).flat();
const KEY_NAMES: Readonly<Record<string, readonly string[]>> = {
  [VICTIM]: ["id"],
  [PAIR]: ["item", "user"],
};

/** Groups within groups: how many are too many is up to each decoder. */
const DEEP = Buffer.alloc(90, 0x3b);

/** The generated decoder skips varints of any length; ten bytes are the most that one may have. */
function isLenient(bytes: Buffer): boolean {
  let run = 0;
  for (const byte of bytes) {
    run = byte >= 0x80 ? run + 1 : 0;
    if (run >= 10) return true;
  }
  return bytes.includes(DEEP);
}

/** What is right to do with some bytes that claim to be a `retrieve.Query`. */
export type Verdict = "refuse" | "answer" | "either";

/** Judges by the generated decoder, which shares no code with the server's. */
export function judgeRead(bytes: Buffer): {
  readonly verdict: Verdict;
  readonly query?: retrieve.Query;
} {
  let query: retrieve.Query;
  try {
    query = retrieve.Query.decode(bytes);
  } catch {
    // Not a message to anyone.
    return { verdict: "refuse" };
  }
  return { verdict: verdictOf(query, bytes), query };
}

function verdictOf(query: retrieve.Query, bytes: Buffer): Verdict {
  const names = Object.hasOwn(KEY_NAMES, query.entityLabel)
    ? KEY_NAMES[query.entityLabel]
    : undefined;
  if (names === undefined) return "refuse";
  if (query.keysSchema.toSorted().join("\n") !== names.join("\n")) return "refuse";
  const isRight = query.featureGroups.every(isKnownGroup) && query.keys.every(isKeyOf(names));
  if (!isRight) return "refuse";
  // The generated decoder replaces what is no UTF-8; then it cannot tell whether the text was meant so.
  const text = JSON.stringify(query);
  const isUnsure =
    text.includes("@") || text.includes("\ufffd") || bytes.includes("\ufffd") || isLenient(bytes);
  return isUnsure || isLarge(query) ? "either" : "answer";
}

/** Of a label with a suffix it says nothing. */
function isKnownGroup({ label, featureLabels }: retrieve.FeatureGroup.$Properties): boolean {
  const known = Object.hasOwn(FEATURES, label ?? "") ? FEATURES[label ?? ""] : undefined;
  if (known === undefined) return false;
  return (featureLabels ?? []).every((feature) => feature.includes("@") || known.includes(feature));
}

function isKeyOf(names: readonly string[]): (key: retrieve.Keys.$Properties) => boolean {
  return ({ cols }) => {
    const values = cols ?? [];
    if (values.length !== names.length) return false;
    return names.length === 1 || !values.some((text) => text.includes("|"));
  };
}

function isLarge({ keys, featureGroups }: retrieve.Query): boolean {
  return keys.length > 5_000 || featureGroups.length > 1_000;
}

/** What is wrong with an answer to such a query, or nothing. */
export function faultOfAnswer(query: retrieve.Query, body: Buffer): string | undefined {
  const answer = retrieve.Result.decode(body);
  if (answer.entityLabel !== query.entityLabel) return `entity ${answer.entityLabel}`;
  if (answer.rows.length !== query.keys.length) return `${answer.rows.length} rows`;
  const labels = query.featureGroups.flatMap(({ featureLabels }) => featureLabels ?? []);
  for (const [r, row] of answer.rows.entries()) {
    const cols = query.keys[r]?.cols ?? [];
    if (row.keys?.join("\n") !== cols.join("\n")) return `row ${r} has keys ${row.keys?.join()}`;
    if (row.columns?.length !== labels.length) return `row ${r} has ${row.columns?.length} columns`;
    const values = valuesOf(query, cols);
    for (const [c, column] of row.columns.entries()) {
      const label = labels[c] as string;
      const hex = Buffer.from(column).toString("hex");
      if (!label.includes("@") && values[label] !== hex) return `row ${r}, ${label}: ${hex}`;
    }
  }
  return undefined;
}

/** Hex by label. */
function valuesOf(
  query: retrieve.Query,
  cols: readonly string[],
): Readonly<Record<string, string>> {
  const user = cols[Math.max(0, query.keysSchema.indexOf("user"))] as string;
  const item = cols[query.keysSchema.indexOf("item")] ?? "x";
  const number = /^k(\d)$/.exec(user)?.[1];
  if (number === undefined || Number(number) >= KNOWN_KEYS || item !== "x") return DEFAULTS;
  const columns = columnsOf(Number(number) + 1);
  return Object.fromEntries(COLUMN_ORDER.map((label, i) => [label, columns[i] as string]));
}
