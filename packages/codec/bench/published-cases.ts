import {
  createFeatureLayout,
  type DataType,
  dataTypeByName,
  encodeBlock,
  encodePayload,
  FeatureReader,
} from "@ofs/codec";

/*
 * The three cases for which figures of the older Go codec are published: processor time and allocated bytes of each, in
 * rounds in turns.
 *
 *   npm run --prefix packages/codec bench:published
 */

const ROUNDS = 31;
const WARM_UP_CALLS = 20_000;
/** Processor time is counted in microseconds: enough calls that this does not show. */
const TIMED_FEATURES = 5_000_000;
/** So few that what they allocate fits into the young generation: a collection would hide it. */
const COUNTED_CALLS = 2_000;
const NOW_SECONDS = 1_735_689_600;

interface PublishedCase {
  readonly name: string;
  readonly features: number;
  readonly publishedNanos: number;
  /** Bytes that the caller keeps. */
  readonly resultBytes: number;
  call(): unknown;
}

function typeNamed(name: string): DataType {
  const dataType = dataTypeByName(name);
  if (dataType === undefined) throw new Error(`no data type ${name}`);
  return dataType;
}

function encoding(features: number, publishedNanos: number): PublishedCase {
  const dataType = typeNamed("DataTypeInt32");
  const layout = createFeatureLayout(dataType, features);
  const values = Array.from({ length: features }, (_, i) => (i * 7919) % 2001);
  const call = (): Uint8Array =>
    encodeBlock({
      schemaVersion: 1,
      layoutVersion: 1,
      expiryAtSeconds: NOW_SECONDS + 3600,
      nowSeconds: NOW_SECONDS,
      dataType,
      payload: encodePayload(layout, values),
      compression: "none",
    });
  const name = `encode a block of ${features} int32`;
  return { name, features, publishedNanos, resultBytes: call().length, call };
}

function reading(features: number, publishedNanos: number): PublishedCase {
  const layout = createFeatureLayout(typeNamed("DataTypeFP32"), features);
  const payload = encodePayload(
    layout,
    Array.from({ length: features }, (_, i) => i / 7),
  );
  const reader = new FeatureReader();
  const out = new Uint8Array(payload.length);
  const call = (): number => {
    reader.open(layout, payload);
    let offset = 0;
    for (let position = 0; position < features; position++) {
      if (reader.size(position) >= 0) offset = reader.copy(position, out, offset);
    }
    return offset;
  };
  const name = `read all of ${features} fp32`;
  return { name, features, publishedNanos, resultBytes: 0, call };
}

const CASES = [encoding(100, 1_154), encoding(1_000, 6_452), reading(100, 730)];

/** What calls gave goes here, so that none is left out as of no use. */
let last: unknown;

function repeat(count: number, call: () => unknown): void {
  for (let i = 0; i < count; i++) last = call();
}

function nanosOf({ features, call }: PublishedCase): number {
  const count = Math.ceil(TIMED_FEATURES / features);
  const before = process.cpuUsage();
  repeat(count, call);
  const { system, user } = process.cpuUsage(before);
  return ((system + user) / count) * 1000;
}

/** On the heap and behind buffers. */
function bytesOf(call: () => unknown): number {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  // The second waits until what the first found is swept.
  globalThis.gc?.();
  globalThis.gc?.();
  const before = used();
  repeat(COUNTED_CALLS, call);
  return (used() - before) / COUNTED_CALLS;
}

/** What two looks at the memory allocate themselves. */
const NOTHING = (): unknown => 0;

const nanos = CASES.map(() => [] as number[]);
const bytes = CASES.map(() => [] as number[]);
for (const one of CASES) repeat(WARM_UP_CALLS, one.call);
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, one] of CASES.entries()) {
    nanos[i]?.push(nanosOf(one));
    const own = bytesOf(NOTHING);
    bytes[i]?.push(Math.max(0, bytesOf(one.call) - own));
  }
}

function sorted(values: readonly number[] | undefined): number[] {
  return (values ?? []).toSorted((a, b) => a - b);
}

const head = ["case", "ns, median [least..most]", "published ns", "features/s", "published"];
const columns = [...head, "allocated bytes", "of it the result"];
process.stdout.write(`| ${columns.join(" | ")} |\n| --- |${" ---: |".repeat(6)}\n`);
for (const [i, { name, features, publishedNanos, resultBytes }] of CASES.entries()) {
  const [times, sizes] = [sorted(nanos[i]), sorted(bytes[i])];
  const middle = times[times.length >> 1] as number;
  const millions = (ns: number): string => `${((features / ns) * 1000).toFixed(0)} M`;
  const range = `[${(times[0] as number).toFixed(0)}..${(times.at(-1) as number).toFixed(0)}]`;
  const cells = [
    name,
    `${middle.toFixed(0)} ${range}`,
    String(publishedNanos),
    millions(middle),
    millions(publishedNanos),
    (sizes[sizes.length >> 1] as number).toFixed(0),
    String(resultBytes),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
if (last === undefined) throw new Error("nothing was called");
