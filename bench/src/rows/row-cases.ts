import { entityOf, groupOf } from "../../../packages/rows/test/support/row-objects.ts";

const INTEGERS = ["i0", "i1", "i2", "i3", "i4"];
const DOUBLES = ["d0", "d1", "d2"];
const TEXTS = ["t0", "t1"];
const COLUMNS = [...INTEGERS, ...DOUBLES, ...TEXTS];
const KEYS = ["user_id", "season"];
const NAMES = [...KEYS, ...COLUMNS];

/** Rows of a partition: one user's seasons. */
const SEASONS = 100;
const USERS = 100;

export const WRITE_PATH = "/feature-group/write-features-v2";

/** An entity with two keys, and a group of ten columns. */
export const ENTITIES = [entityOf("user", { user_id: "BIGINT", season: "INT" }, KEYS)];
export const GROUPS = [
  groupOf("stats", "user", {
    ...Object.fromEntries(INTEGERS.map((name) => [name, "BIGINT" as const])),
    ...Object.fromEntries(DOUBLES.map((name) => [name, "DOUBLE" as const])),
    ...Object.fromEntries(TEXTS.map((name) => [name, "TEXT" as const])),
  }),
];

/** One request, asked again and again. */
export interface RowCase {
  readonly name: string;
  readonly path: string;
  readonly body: object;
  /** Of a turn; a tenth of it where the answer is large. */
  readonly callCount: number;
}

function rowOf(user: number, season: number): unknown[] {
  return [
    ...[user, season],
    ...INTEGERS.map((_, at) => user * 1_000_003 + season * at),
    ...DOUBLES.map((_, at) => user + at / 7),
    ...TEXTS.map((_, at) => `value-${user}-${at}`),
  ];
}

function writeOf(values: unknown[][]): object {
  return { featureGroupName: "stats", features: { names: NAMES, values } };
}

/** Writes that fill the tables. */
export function* fillings(): Generator<object> {
  for (let user = 0; user < USERS; user++) {
    yield writeOf(Array.from({ length: SEASONS }, (_, season) => rowOf(user, season)));
  }
}

function readOf(keyCount: number): RowCase {
  const values = Array.from({ length: keyCount }, (_, at) => [at % USERS, 7]);
  return {
    name: `read, ${keyCount} ${keyCount === 1 ? "key" : "keys"}`,
    path: "/feature-group/read-features",
    body: {
      featureGroupName: "stats",
      featureColumns: COLUMNS,
      primaryKeys: { names: KEYS, values },
    },
    callCount: keyCount === 1 ? 20_000 : 1_500,
  };
}

export const ROW_CASES: readonly RowCase[] = [
  readOf(1),
  readOf(100),
  {
    name: "write, 1 row",
    path: WRITE_PATH,
    body: writeOf([rowOf(1, 1)]),
    callCount: 10_000,
  },
  {
    name: `partition of ${SEASONS} rows`,
    path: "/feature-group/read-partition",
    body: {
      featureGroupName: "stats",
      featureColumns: ["season", ...COLUMNS],
      partitionKey: { names: ["user_id"], values: [5] },
    },
    callCount: 2_000,
  },
];
