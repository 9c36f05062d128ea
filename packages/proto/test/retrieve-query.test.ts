import { ProtoError, RetrieveQueryView, readRetrieveQuery, retrieve } from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  damaged,
  field,
  ordinaryQuery,
  PROPERTY_RUNS,
  retrieveQueryBytes,
  sized,
  varint,
} from "./wire-arbitraries.ts";

const QUERY = {
  entityLabel: "user",
  featureGroups: [{ label: "scores", featureLabels: ["ctr", "cvr@DataTypeFP16"] }],
  keysSchema: ["user_id", "city"],
  keys: [{ cols: ["1", "Köln"] }, { cols: ["a key that is longer than most", "2"] }, { cols: [] }],
};

function encode(query: retrieve.Query.$Properties): Buffer {
  return Buffer.from(retrieve.Query.encode(query).finish());
}

/** What the reader found, in the form of the generated message. */
function read(bytes: Uint8Array): unknown {
  const view = readRetrieveQuery(bytes);
  return { ...view.shape(), keys: view.keys.map((cols) => ({ cols })) };
}

function readWithProtobufjs(bytes: Uint8Array): unknown {
  return retrieve.Query.toObject(retrieve.Query.decode(bytes), { defaults: true });
}

function outcome(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    return error;
  }
}

describe("RetrieveQueryView", () => {
  test("reads keys and shape of an ordinary query", () => {
    const view = readRetrieveQuery(encode(QUERY));
    expect(view).toBeInstanceOf(RetrieveQueryView);
    expect(view.keyCount).toBe(3);
    expect(view.keys).toEqual(QUERY.keys.map(({ cols }) => cols));
    expect(view.shape()).toEqual({
      entityLabel: "user",
      featureGroups: QUERY.featureGroups,
      keysSchema: QUERY.keysSchema,
    });
  });

  test("reads an empty message", () => {
    const view = readRetrieveQuery(new Uint8Array(0));
    expect([view.keyCount, view.shapeKey]).toEqual([0, ""]);
    expect(view.shape()).toEqual({ entityLabel: "", featureGroups: [], keysSchema: [] });
  });

  test("takes a plain Uint8Array that is a part of a larger one", () => {
    const bytes = encode(QUERY);
    const padded = new Uint8Array(bytes.length + 20);
    padded.set(bytes, 7);
    const view = readRetrieveQuery(padded.subarray(7, 7 + bytes.length));
    expect(view.keys[0]).toEqual(["1", "Köln"]);
    expect(view.shape().entityLabel).toBe("user");
  });

  test("keeps the shape key when only the keys differ, and changes it with any other field", () => {
    const shapeKey = readRetrieveQuery(encode(QUERY)).shapeKey;
    const otherKeys = encode({ ...QUERY, keys: [{ cols: ["9", "x"] }] });
    expect(readRetrieveQuery(otherKeys).shapeKey).toBe(shapeKey);
    expect(readRetrieveQuery(encode({ ...QUERY, keys: [] })).shapeKey).toBe(shapeKey);
    for (const other of [
      { ...QUERY, entityLabel: "item" },
      { ...QUERY, keysSchema: ["city", "user_id"] },
      { ...QUERY, featureGroups: [{ label: "scores", featureLabels: ["ctr"] }] },
    ]) {
      expect(readRetrieveQuery(encode(other)).shapeKey).not.toBe(shapeKey);
    }
  });

  test("finds the shape behind, between and before keys", () => {
    const key = (text: string) => encode({ keys: [{ cols: [text] }] });
    const parts = [encode({ entityLabel: "user" }), encode({ keysSchema: ["user_id"] })] as const;
    const view = readRetrieveQuery(Buffer.concat([key("1"), parts[0], key("2"), parts[1]]));
    expect(view.keys).toEqual([["1"], ["2"]]);
    expect(view.shape()).toEqual({
      entityLabel: "user",
      featureGroups: [],
      keysSchema: ["user_id"],
    });
    expect(view.shapeKey).toBe(readRetrieveQuery(Buffer.concat(parts)).shapeKey);
  });

  test("a canonical key body is the keys part of a row", () => {
    const view = readRetrieveQuery(encode(QUERY));
    for (let i = 0; i < view.keyCount; i++) {
      const body = view.bytes.subarray(view.rawKeys.start[i], view.rawKeys.end[i]);
      expect(view.isCanonical(i)).toBe(true);
      expect(retrieve.Row.decode(body).keys).toEqual(view.keys[i]);
    }
  });

  test("a key body with a field of its own is not canonical", () => {
    const foreign = Buffer.concat([field(1, 2, sized(Buffer.from("1"))), field(2, 0, varint(5))]);
    const bytes = Buffer.concat([encode({ keys: [{ cols: ["0"] }] }), field(4, 2, sized(foreign))]);
    const view = readRetrieveQuery(bytes);
    expect(view.keys).toEqual([["0"], ["1"]]);
    expect([view.isCanonical(0), view.isCanonical(1)]).toEqual([true, false]);
  });

  test.each([
    ["a cut key", encode(QUERY).subarray(0, -1), "truncated"],
    ["field number 0", Buffer.from([0x02, 0x00]), "field number 0"],
    ["a stray end of a group", Buffer.from([0x5c]), "wire type 4 of field 11"],
    ["wire type 6", Buffer.from([0x5e]), "wire type 6 of field 11"],
    ["an unclosed group", Buffer.from([0x5b, 0x08, 0x01]), "truncated"],
    ["a group closed by another number", Buffer.from([0x5b, 0x64]), "wire type 4 of field 12"],
    ["a tag of six bytes", Buffer.from([0x8a, 0x80, 0x80, 0x80, 0x80, 0x00]), "longer than 5"],
    ["a negative length", field(1, 2, varint(-1)), "longer than 5 bytes"],
    ["a length above 2^31", field(1, 2, varint(2 ** 31)), "out of range"],
    ["a varint of 11 bytes", field(11, 0, Buffer.alloc(11, 0x80)), "longer than 10 bytes"],
    ["invalid UTF-8 in a key", field(4, 2, Buffer.from([3, 0x0a, 1, 0xff])), "invalid UTF-8"],
    ["a key column behind its key", field(4, 2, Buffer.from([2, 0x0a, 1, 0x61])), "truncated"],
    ["groups nested 101 deep", Buffer.alloc(101, 0x5b), "nest too deeply"],
  ])("refuses %s", (_, bytes, reason) => {
    expect(() => readRetrieveQuery(bytes)).toThrow(ProtoError);
    expect(() => readRetrieveQuery(bytes)).toThrow(reason);
  });

  test("refuses invalid UTF-8 in the shape when the shape is asked for", () => {
    const view = readRetrieveQuery(field(1, 2, Buffer.from([1, 0xc3])));
    expect(() => view.shape()).toThrow(ProtoError);
  });

  test("says at which byte the fault is", () => {
    const error = outcome(readRetrieveQuery, Buffer.from([0x0a, 0x01, 0x61, 0x22, 0x05, 0x0a]));
    expect(error).toMatchObject({ name: "ProtoError", offset: 4 });
  });

  test("equals protobufjs on messages of ordinary encoders", () => {
    fc.assert(
      fc.property(ordinaryQuery, (query) => {
        const bytes = encode(query);
        expect(read(bytes)).toEqual(query);
        const { keys: _, ...shape } = query;
        expect(readRetrieveQuery(bytes).shapeKey).toBe(encode(shape).toString("latin1"));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("equals protobufjs with fields in any order, repeated and unknown", () => {
    fc.assert(
      fc.property(retrieveQueryBytes, (bytes) => {
        expect(read(bytes)).toEqual(readWithProtobufjs(bytes));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("equal shape keys mean equal shapes", () => {
    fc.assert(
      fc.property(retrieveQueryBytes, (bytes) => {
        const view = readRetrieveQuery(bytes);
        const shapeBytes = Buffer.from(view.shapeKey, "latin1");
        expect(readRetrieveQuery(shapeBytes).shapeKey).toBe(view.shapeKey);
        expect(readRetrieveQuery(shapeBytes).shape()).toEqual(view.shape());
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("raw keys of canonical keys decode to the same columns", () => {
    fc.assert(
      fc.property(retrieveQueryBytes, (bytes) => {
        const view = readRetrieveQuery(bytes);
        for (let i = 0; i < view.keyCount; i++) {
          const body = view.bytes.subarray(view.rawKeys.start[i], view.rawKeys.end[i]);
          const row = retrieve.Row.decode(body);
          expect(row.keys).toEqual(view.keys[i]);
          if (view.isCanonical(i)) {
            expect(retrieve.Keys.encode({ cols: row.keys }).finish().length).toBeLessThanOrEqual(
              body.length,
            );
            expect(row.columns).toEqual([]);
          }
        }
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("any bytes are read as protobufjs reads them, or refused", () => {
    const anyBytes = fc.oneof(
      damaged(retrieveQueryBytes),
      damaged(ordinaryQuery.map(encode)),
      fc.uint8Array({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const ours = outcome(read, bytes);
        const theirs = outcome(readWithProtobufjs, bytes);
        if (!(ours instanceof Error)) expect(ours).toEqual(theirs);
        else {
          expect(ours).toBeInstanceOf(ProtoError);
          // protobufjs does not bound the varints that it skips.
          if (!ours.message.startsWith("varint is longer than 10 bytes")) {
            expect(theirs).toBeInstanceOf(Error);
          }
        }
      }),
      { numRuns: PROPERTY_RUNS * 3 },
    );
  });
});
