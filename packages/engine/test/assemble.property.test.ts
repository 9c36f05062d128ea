import {
  createFeatureLayout,
  createQuantizer,
  DATA_TYPES,
  type DataType,
  encodeBlock,
  encodePayload,
  type FeatureValue,
  isQuantizable,
  readFeature,
} from "@ofs/codec";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHarness } from "./harness.ts";

/** One group with random features, what is stored of it, and what is asked. */
interface Case {
  readonly type: DataType;
  readonly vectorLengths: number[];
  readonly rows: (FeatureValue[] | undefined)[];
  readonly asked: { position: number; target: DataType | undefined }[];
  readonly keyOrder: number[];
  /** Payload bytes cut off the first stored row. */
  readonly cut: number;
}

const STRING_LENGTH = 12;

function elementOf(type: DataType): fc.Arbitrary<number | bigint | boolean | string> {
  switch (type.kind) {
    case "float":
      return fc.double({ noNaN: true });
    case "bool":
      return fc.boolean();
    case "string":
      return fc.string({ maxLength: 4 });
    default:
      return type.unitSizeBytes === 8
        ? fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
        : fc.nat({ max: 127 });
  }
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...DATA_TYPES).chain((type) =>
  fc.array(fc.nat(type.isVector ? 4 : 0), { minLength: 1, maxLength: 5 }).chain((lengths) => {
    const targets = DATA_TYPES.filter((target) => isQuantizable(type, target));
    const value = (length: number): fc.Arbitrary<FeatureValue> =>
      type.isVector
        ? fc.array(elementOf(type), { minLength: length, maxLength: length })
        : elementOf(type);
    return fc.record({
      type: fc.constant(type),
      vectorLengths: fc.constant(lengths),
      rows: fc.array(fc.option(fc.tuple(...lengths.map(value)), { nil: undefined }), {
        minLength: 1,
        maxLength: 4,
      }),
      asked: fc.array(
        fc.record({
          position: fc.nat(lengths.length - 1),
          target: fc.constantFrom(undefined, ...targets),
        }),
        { maxLength: 6 },
      ),
      keyOrder: fc.array(fc.nat(4), { maxLength: 6 }),
      cut: fc.nat(3),
    });
  }),
);

test("the assembled bytes are those of a protobuf library over features read one by one", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (c) => {
      const { type, vectorLengths, rows, asked, keyOrder } = c;
      const features = Object.fromEntries(
        vectorLengths.map((vectorLength, i) => [
          `f${i}`,
          { vectorLength, stringLength: type.kind === "string" ? STRING_LENGTH : 0 },
        ]),
      );
      const shortName = type.name.slice("DataType".length);
      const group = { id: 5, type: shortName, versions: [features] };
      const harness = createHarness(entityTree("user", ["id"], { g: group }));
      const layout = createFeatureLayout(
        type,
        vectorLengths.length,
        vectorLengths,
        vectorLengths.map(() => STRING_LENGTH),
      );
      const payloads = rows.map((values, row) => {
        if (values === undefined) return undefined;
        const payload = encodePayload(layout, values);
        return row === 0 ? payload.subarray(0, Math.max(0, payload.length - c.cut)) : payload;
      });
      for (const [row, payload] of payloads.entries()) {
        if (payload !== undefined)
          harness.store.put("user", [String(row)], "g", plain(type, payload));
      }
      const request = {
        entityLabel: "user",
        keysSchema: ["id"],
        featureGroups: [
          {
            label: "g",
            featureLabels: asked.map(
              ({ position, target }) =>
                `f${position}${target === undefined ? "" : `@${target.name}`}`,
            ),
          },
        ],
        keys: keyOrder.map((key) => ({ cols: [String(key)] })),
      };
      const { active } = harness.snapshot?.entities.get("user")?.groups.get("g") ?? {};
      const column = (key: number, { position, target }: Case["asked"][number]): Uint8Array => {
        const payload = payloads[key];
        const stored = payload && tryRead(layout, payload, position);
        const bytes = stored ?? (active?.defaults[position] as Uint8Array);
        return target === undefined ? bytes : quantize(type, target, bytes);
      };
      const expected = retrieve.Result.encode({
        entityLabel: "user",
        keysSchema: ["id"],
        featureSchemas: [
          {
            featureGroupLabel: "g",
            features: asked.map(({ position }, columnIdx) => ({
              label: `f${position}`,
              columnIdx,
            })),
          },
        ],
        rows: keyOrder.map((key) => ({
          keys: [String(key)],
          columns: asked.map((a) => column(key, a)),
        })),
      }).finish();
      const answer = await harness.engine.retrieve(retrieve.Query.encode(request).finish(), {
        callerId: "t",
        deadlineMs: Infinity,
        signal: undefined,
        entities: undefined,
      });
      expect(retrieve.Result.decode(answer.response)).toEqual(retrieve.Result.decode(expected));
      expect(Buffer.from(answer.response).length).toBe(expected.length);
    }),
    { numRuns: 300 },
  );
});

function plain(dataType: DataType, payload: Uint8Array): Uint8Array {
  const block = encodeBlock({
    schemaVersion: 1,
    layoutVersion: 1,
    expiryAtSeconds: 0,
    nowSeconds: 0,
    dataType,
    payload,
    compression: "none",
    valueCount: payload.length * 8,
  });
  return block;
}

function tryRead(
  layout: ReturnType<typeof createFeatureLayout>,
  payload: Uint8Array,
  position: number,
): Uint8Array | undefined {
  try {
    return readFeature(layout, payload, position);
  } catch {
    return undefined;
  }
}

function quantize(source: DataType, target: DataType, bytes: Uint8Array): Uint8Array {
  const count = bytes.length / source.unitSizeBytes;
  const out = new Uint8Array(count * target.unitSizeBytes);
  createQuantizer(source, target).convert(bytes, 0, count, out, 0);
  return out;
}
