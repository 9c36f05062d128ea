import type { SeededRandom } from "@ofs/testkit";
import { columnsOf } from "./canary.ts";
import { FEATURES, SINK, VICTIM } from "./hostile-tree.ts";
import { mutateBytes } from "./proto-mutations.ts";

/** A body, where it goes, and what is wrong with an answer to it (or nothing). */
export interface JsonCase {
  readonly kind: string;
  readonly path: string;
  readonly body: Buffer;
  faultOf(status: number, answer: string): string | undefined;
}

const READ = "/api/v1/features/retrieve";
const DECODED = "/api/v1/features/retrieve/decoded";
const WRITE = "/api/v1/features/persist";

const READ_SAMPLE = {
  entity_label: VICTIM,
  feature_groups: Object.entries(FEATURES).map(([label, labels]) => ({
    label,
    feature_labels: [...labels],
  })),
  keys_schema: ["id"],
  keys: [{ cols: ["k0"] }, { cols: ["nobody"] }],
};
const WRITE_SAMPLE = {
  entity_label: SINK,
  keys_schema: ["id"],
  feature_group_schema: READ_SAMPLE.feature_groups,
  data: [
    {
      key_values: ["w1"],
      feature_values: [
        { values: { int32_values: [1, "2"] } },
        { values: { fp32_values: [0.5, 1e3] } },
        { values: { string_values: ["one", "two"] } },
        { values: { vector: [{ values: { fp32_values: [1, 2, 3] } }] } },
        { values: { bool_values: [true] } },
      ],
    },
  ],
};

export function jsonCase(random: SeededRandom): JsonCase {
  const roll = random.next();
  if (roll < 0.002) return heavyCase(random);
  const path = random.pick([READ, READ, DECODED, WRITE]);
  const sample = path === WRITE ? WRITE_SAMPLE : READ_SAMPLE;
  if (roll < 0.4) {
    const kind = random.pick(["flip bits", "truncate", "insert bytes"]);
    const body = mutateBytes(Buffer.from(JSON.stringify(sample)), kind, random);
    return { kind, path, body, faultOf: judge(path, body) };
  }
  const [kind, text] = random.pick(ODD_VALUES);
  const body = Buffer.from(replaceOne(sample, text, random), "latin1");
  return { kind, path, body, faultOf: judge(path, body) };
}

/** Texts in place of a value; written as they stand. Latin-1, so that bytes of no UTF-8 are possible. */
const ODD_VALUES: readonly (readonly [string, string])[] = [
  ["null", "null"],
  ["true", "true"],
  ["empty text", '""'],
  ["empty object", "{}"],
  ["empty list", "[]"],
  ["nested lists", "[[[[[[[[[[1]]]]]]]]]]"],
  ["huge exponent", "1e999"],
  ["long number", "9".repeat(5_000)],
  ["long integer", "12345678901234567890"],
  ["long integer as text", '"12345678901234567890123"'],
  ["negative zero", "-0"],
  ["number of 2^53", "9007199254740993"],
  ["fraction", "0.1"],
  ["NaN", "NaN"],
  ["Infinity", "Infinity"],
  ["NaN as text", '"NaN"'],
  ["Infinity as text", '"-Infinity"'],
  ["hex", "0x10"],
  ["leading zero", "01"],
  ["__proto__", '{"__proto__": {"cols": ["k0"]}}'],
  ["constructor", '{"constructor": {"prototype": {"cols": ["k0"]}}}'],
  ["toString", '"toString"'],
  ["__proto__ as text", '"__proto__"'],
  ["duplicate keys", '{"cols": ["k0"], "cols": ["k1"], "label": "ints", "label": "floats"}'],
  ["list with holes", "[1,,2]"],
  ["invalid UTF-8", '"\xff\xfe"'],
  ["overlong UTF-8", '"\xc0\x80"'],
  ["lone surrogate", '"\\ud800"'],
  ["lone surrogate in UTF-8", '"\xed\xa0\x80"'],
  ["zero byte", '"\\u0000"'],
  ["bare zero byte", '"\0"'],
  ["bare line feed", '"a\nb"'],
  ["pipe", '"a|b"'],
  ["comment", "/* x */ 1"],
  ["quotes", "'x'"],
  ["byte order mark", "\xef\xbb\xbf1"],
  ["very long text", `"${"x".repeat(50_000)}"`],
];

const DEEP = 100_000;
const LARGE_TEXT_BYTES = 3_900_000;

const HEAVY: readonly (readonly [string, () => string])[] = [
  ["deep lists", () => `{"keys": ${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`],
  ["deep objects", () => `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`],
  ["deep and cut", () => "[".repeat(1_000_000)],
  [
    "long label",
    () => JSON.stringify({ ...READ_SAMPLE, entity_label: "x".repeat(LARGE_TEXT_BYTES) }),
  ],
  ["digits", () => `{"keys": [${"1234567890123456,".repeat(200_000)}1]}`],
  ["one number of digits", () => `{"entity_label": ${"9".repeat(LARGE_TEXT_BYTES)}}`],
  ["open text of escapes", () => `{"entity_label": "1234567890123456${"\\\\".repeat(1_900_000)}`],
  ["many keys", () => `{${Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join()}}`],
  ["many empty rows", () => JSON.stringify({ ...WRITE_SAMPLE, data: new Array(300_000).fill({}) })],
  ["too large", () => `"${"x".repeat(5_000_000)}"`],
];

function heavyCase(random: SeededRandom): JsonCase {
  const [kind, make] = random.pick(HEAVY);
  return {
    kind,
    path: WRITE,
    body: Buffer.from(make()),
    faultOf: (status, answer) => {
      if (status >= 400 && status < 500) return undefined;
      return `status ${status}: ${answer.slice(0, 200)}`;
    },
  };
}

/** The sample as text with one value, anywhere in it, replaced. */
function replaceOne(sample: object, text: string, random: SeededRandom): string {
  const places: number[] = [];
  let count = 0;
  const mark = (_: string, value: unknown): unknown => {
    places.push(count++);
    return value;
  };
  JSON.stringify(sample, mark);
  const chosen = random.integer(1, count - 1);
  let seen = 0;
  const marked = JSON.stringify(sample, (_, value: unknown) => {
    const isChosen = seen++ === chosen;
    return isChosen ? "\u0001here\u0001" : value;
  });
  return marked.replace('"\\u0001here\\u0001"', () => text);
}

/** Never the server's fault; a read that succeeds holds what is stored, and is of what can be read as JSON. */
function judge(path: string, body: Buffer): JsonCase["faultOf"] {
  return (status, answer) => {
    if (status >= 500) return `status ${status}: ${answer.slice(0, 200)}`;
    if (status !== 200) return undefined;
    let asked: Partial<typeof READ_SAMPLE>;
    try {
      asked = JSON.parse(body.toString("utf8")) as Partial<typeof READ_SAMPLE>;
    } catch {
      return "answered what is no JSON";
    }
    const wanted = path === WRITE ? SINK : VICTIM;
    if (asked.entity_label !== wanted) return `answered for entity ${asked.entity_label}`;
    return path === READ ? faultOfRead(asked, JSON.parse(answer) as JsonAnswer) : undefined;
  };
}

interface JsonAnswer {
  readonly rows?: readonly {
    readonly keys?: readonly string[];
    readonly columns?: readonly string[];
  }[];
}

function faultOfRead(
  asked: Partial<typeof READ_SAMPLE>,
  { rows = [] }: JsonAnswer,
): string | undefined {
  if (rows.length !== (asked.keys ?? []).length) return `${rows.length} rows`;
  const isWhole =
    JSON.stringify(asked.feature_groups) === JSON.stringify(READ_SAMPLE.feature_groups);
  const row = rows.find(({ keys }) => keys?.[0] === "k0");
  if (!isWhole || row === undefined) return undefined;
  const hex = (row.columns ?? []).map((column) => Buffer.from(column, "base64").toString("hex"));
  return hex.join() === columnsOf(1).join() ? undefined : `k0 is ${hex.join()}`;
}
