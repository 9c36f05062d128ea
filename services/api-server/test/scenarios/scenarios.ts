import { randomUUID } from "node:crypto";
import { DATA_TYPES, type DataType } from "@ofs/codec";
import type { persist } from "@ofs/proto";
import { waitUntil } from "@ofs/testkit";
import { expect, test } from "vitest";
import { type Asked, queryOf, type ScenarioClient, writeOf } from "./scenario-client.ts";
import { LONG_VECTOR_LENGTH, SHORT_TTL_SECONDS, secondVersion } from "./scenario-tree.ts";
import type { ServerUnderTest } from "./server-under-test.ts";
import { groupOf, groupValues, samplesOf } from "./type-samples.ts";

const GRPC = { INVALID_ARGUMENT: 3, NOT_FOUND: 5, UNAUTHENTICATED: 16 };

const everyGroup: Asked = Object.fromEntries(
  DATA_TYPES.map((type) => [groupOf(type), ["first", "second"]]),
);
const ints = (...int32Values: number[]): persist.IValues => ({ int32Values });
const int32: Asked = { int32: ["first", "second"] };

function int32Hex(...values: number[]): string[] {
  return values.map((value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes.toString("hex");
  });
}

/** What must hold on every store and with every combination of caches. */
export function describeScenarios(server: () => ServerUnderTest): void {
  const client = () => server().client;
  describeValues(client);
  describeWrites(client);
  describeRefusals(client);
  describeChanges(server);
}

function describeChanges(server: () => ServerUnderTest): void {
  test("a published version takes effect in a running server, under blocks of the one before", async () => {
    const [before, after] = [randomUUID(), randomUUID()];
    const { client } = server();
    await client.persist(
      writeOf("every", ["id"], { evolving: ["a", "b"] }, [[before], ints(1, 2)]),
    );
    const asked = { evolving: ["a", "extra", "b"] };
    const read = () => client.hex("every", ["id"], asked, [before], [after]);
    await expect(read()).rejects.toMatchObject({ code: GRPC.INVALID_ARGUMENT });
    await server().writeRegistry(secondVersion());
    const isKnown = () => read().catch(() => undefined);
    const [old] = await waitUntil(isKnown, { what: "version 2" });
    expect(old).toEqual(int32Hex(1, 77, 2));
    await client.persist(writeOf("every", ["id"], asked, [[after], ints(4, 5, 6)]));
    expect(await read()).toEqual([int32Hex(1, 77, 2), int32Hex(4, 5, 6)]);
  });
}

function describeValues(client: () => ScenarioClient): void {
  test("every data type comes back as it was written, raw and as text, cold and warm", async () => {
    const id = randomUUID();
    const values = DATA_TYPES.map((type) => groupValues(type, samplesOf(type)));
    const message = await client().persist(writeOf("every", ["id"], everyGroup, [[id], ...values]));
    expect(message).toBe("Data Persisted Successfully");
    const samples = DATA_TYPES.flatMap((type) => samplesOf(type));
    for (let pass = 0; pass < 3; pass++) {
      const hex = await client().hex("every", ["id"], everyGroup, [id]);
      expect(hex).toEqual([samples.map((sample) => sample.hex)]);
    }
    const texts = await client().texts("every", ["id"], everyGroup, [id]);
    expect(texts).toEqual([samples.map((sample) => sample.text)]);
  });

  test("keys without data answer defaults, cold and warm", async () => {
    const [absent, present] = [randomUUID(), randomUUID()];
    await client().persist(writeOf("every", ["id"], int32, [[present], ints(1, 2)]));
    for (let pass = 0; pass < 3; pass++) {
      const asked = { int32: ["second"], string: ["first"], boolvector: ["first"] };
      const hex = await client().hex("every", ["id"], asked, [absent], [present]);
      expect(hex).toEqual([
        ["00000000", "", "000000"],
        ["02000000", "", "000000"],
      ]);
    }
  });

  test("many keys, some twice, keep their rows", async () => {
    const run = randomUUID();
    const keys = Array.from({ length: 300 }, (_, i) => [`${run}/${i}`]);
    const rows = keys.map((key, i) => [key, ints(i, -i)] as const);
    await client().persist(writeOf("every", ["id"], int32, ...rows));
    const asked = [...keys.toReversed(), ...keys.slice(0, 50)];
    const expected = asked.map(([key]) => Number(key?.split("/")[1])).map((i) => int32Hex(i, -i));
    for (let pass = 0; pass < 2; pass++) {
      expect(await client().hex("every", ["id"], int32, ...asked)).toEqual(expected);
    }
  });

  test("keys of several columns may be named in any order", async () => {
    const user = randomUUID();
    const asked = { counts: ["n"] };
    await client().persist(writeOf("pair", ["item", "user"], asked, [["i:1", user], ints(7)]));
    expect(await client().hex("pair", ["user", "item"], asked, [user, "i:1"])).toEqual([
      ["07000000"],
    ]);
    expect(await client().hex("pair", ["item", "user"], asked, ["i:1", user])).toEqual([
      ["07000000"],
    ]);
    expect(await client().hex("pair", ["user", "item"], asked, ["i:1", user])).toEqual([
      ["00000000"],
    ]);
  });

  test("floats may be asked for in a narrower type", async () => {
    const id = randomUUID();
    const asked = { fp32: ["first", "second"], fp32vector: ["first", "second"] };
    const types = DATA_TYPES.filter(({ name }) => /FP32(Vector)?$/.test(name)) as DataType[];
    const values = types.map((type) => groupValues(type, samplesOf(type)));
    await client().persist(writeOf("every", ["id"], asked, [[id], ...values]));
    const narrower = {
      fp32: ["first@DataTypeFP16", "first"],
      fp32vector: ["first@DataTypeFP16Vector"],
    };
    expect(await client().hex("every", ["id"], narrower, [id], ["none"])).toEqual([
      ["662e", "cdcccc3d", "662e662e00fc"],
      ["0000", "00000000", "000000000000"],
    ]);
  });

  test("a long value that takes many columns comes back whole", async () => {
    const id = randomUUID();
    const floats = Array.from({ length: LONG_VECTOR_LENGTH }, (_, i) => Math.sin(i) * i);
    const values = { vector: [{ values: { fp32Values: floats } }] };
    await client().persist(writeOf("every", ["id"], { long_vector: ["v"] }, [[id], values]));
    const [row] = await client().hex("every", ["id"], { long_vector: ["v"] }, [id]);
    expect(row).toEqual([Buffer.from(new Float32Array(floats).buffer).toString("hex")]);
  });

  test("a value is served until the second of its expiry, and not after", async () => {
    const id = randomUUID();
    const asked = { short_lived: ["v"] };
    const sentAt = Date.now();
    await client().persist(writeOf("every", ["id"], asked, [[id], ints(9)]));
    const [earliest, latest] = [expiryOf(sentAt), expiryOf(Date.now())];
    let liveCount = 0;
    for (;;) {
      const askedAt = Date.now();
      const [row] = await client().hex("every", ["id"], asked, [id]);
      if (Date.now() <= earliest) expect(row).toEqual(int32Hex(9));
      if (askedAt > latest) {
        expect(row).toEqual(int32Hex(0));
        break;
      }
      if (row?.[0] === int32Hex(9)[0]) liveCount += 1;
    }
    expect(liveCount).toBeGreaterThan(0);
  });
}

/** Unix milliseconds of the last moment at which a value written now is live. */
function expiryOf(nowMs: number): number {
  return (Math.floor(nowMs / 1000) + SHORT_TTL_SECONDS) * 1000;
}

function describeWrites(client: () => ScenarioClient): void {
  test("an acknowledged write is read at once, whatever the caches held", async () => {
    const id = randomUUID();
    for (let round = 0; round < 20; round++) {
      await client().hex("every", ["id"], int32, [id]);
      await client().persist(writeOf("every", ["id"], int32, [[id], ints(round, -round)]));
      expect(await client().hex("every", ["id"], int32, [id])).toEqual([int32Hex(round, -round)]);
    }
  });

  test("labels left out take their defaults: a write replaces the group", async () => {
    const id = randomUUID();
    await client().persist(writeOf("every", ["id"], int32, [[id], ints(1, 2)]));
    await client().persist(writeOf("every", ["id"], { int32: ["second"] }, [[id], ints(5)]));
    expect(await client().hex("every", ["id"], int32, [id])).toEqual([int32Hex(0, 5)]);
  });

  test("concurrent writers of different groups of one key lose nothing", async () => {
    const id = randomUUID();
    await Promise.all(
      DATA_TYPES.map((type) =>
        client().persist(
          writeOf("every", ["id"], { [groupOf(type)]: ["first", "second"] }, [
            [id],
            groupValues(type, samplesOf(type)),
          ]),
        ),
      ),
    );
    const hex = await client().hex("every", ["id"], everyGroup, [id]);
    expect(hex).toEqual([DATA_TYPES.flatMap((type) => samplesOf(type)).map((s) => s.hex)]);
  });

  test("of rows with one key the last counts", async () => {
    const id = randomUUID();
    const rows = [
      [[id], ints(9, 9)],
      [[id], ints(1, 1)],
    ] as const;
    await client().persist(writeOf("every", ["id"], int32, ...rows));
    expect(await client().hex("every", ["id"], int32, [id])).toEqual([int32Hex(1, 1)]);
  });

  test("what is refused leaves nothing behind, not even its good rows", async () => {
    const [good, bad] = [randomUUID(), randomUUID()];
    const asked = { int8: ["first"] };
    await expect(
      client().persist(writeOf("every", ["id"], asked, [[good], ints(1)], [[bad], ints(300)])),
    ).rejects.toMatchObject({
      code: GRPC.INVALID_ARGUMENT,
      details: expect.stringMatching(/int8.*data\[1\].*first.*300/),
    });
    expect(await client().hex("every", ["id"], asked, [good], [bad])).toEqual([["00"], ["00"]]);
  });
}

function describeRefusals(client: () => ScenarioClient): void {
  const string = { string: ["first"] };
  const vector = { fp32vector: ["first"] };
  const cases: [string, persist.IQuery, number, RegExp][] = [
    ["wrong arity", writeOf("every", ["id"], int32, [["k"], ints(1)]), 3, /expected 2, received 1/],
    [
      "key of wrong arity",
      writeOf("every", ["id"], int32, [["k", "l"], ints(1, 2)]),
      3,
      /key_values/,
    ],
    ["unknown label", writeOf("every", ["id"], { int32: ["nope"] }, [["k"], ints(1)]), 3, /nope/],
    [
      "repeated label",
      writeOf("every", ["id"], { int32: ["first", "first"] }, [["k"], ints(1, 2)]),
      3,
      /first/,
    ],
    ["empty key", writeOf("every", ["id"], int32, [[""], ints(1, 2)]), 3, /key id is empty/],
    [
      "over-long string",
      writeOf("every", ["id"], string, [["k"], { stringValues: ["x".repeat(25)] }]),
      3,
      /first.*24/,
    ],
    [
      "wrong vector length",
      writeOf("every", ["id"], vector, [["k"], { vector: [{ values: { fp32Values: [1] } }] }]),
      3,
      /first/,
    ],
    ["no values", writeOf("every", ["id"], int32, [["k"], undefined]), 3, /values is nil/],
    ["unknown entity", writeOf("nobody", ["id"], int32, [["k"], ints(1, 2)]), 5, /nobody/],
    ["unknown group", writeOf("every", ["id"], { nope: ["a"] }, [["k"], ints(1)]), 5, /nope/],
  ];
  test.each(cases)("a write with %s is refused, naming it", async (_name, query, code, message) => {
    await expect(client().persist(query)).rejects.toMatchObject({
      code,
      details: expect.stringMatching(message),
    });
  });

  test("truncated and foreign bytes are refused", async () => {
    for (const bytes of [Buffer.from("0a05757365", "hex"), Buffer.from("ffffffff", "hex")]) {
      await expect(client().persistBytes(bytes)).rejects.toMatchObject({
        code: GRPC.INVALID_ARGUMENT,
      });
    }
  });

  test("reads name what is wrong", async () => {
    const reads = [
      [queryOf("nobody", ["id"], int32, [["k"]]), GRPC.NOT_FOUND],
      [queryOf("every", ["id"], { nope: ["a"] }, [["k"]]), GRPC.NOT_FOUND],
      [queryOf("every", ["id"], { int32: ["nope"] }, [["k"]]), GRPC.INVALID_ARGUMENT],
      [queryOf("every", ["ident"], int32, [["k"]]), GRPC.INVALID_ARGUMENT],
      [queryOf("every", ["id"], int32, [["k", "l"]]), GRPC.INVALID_ARGUMENT],
      [queryOf("pair", ["user", "item"], { counts: ["n"] }, [["a|b", "c"]]), GRPC.INVALID_ARGUMENT],
    ] as const;
    for (const [query, code] of reads) {
      await expect(client().retrieve(query)).rejects.toMatchObject({ code });
    }
  });

  test("a wrong token is UNAUTHENTICATED", async () => {
    const { headers } = client();
    const token = headers.get("online-feature-store-auth-token") as string;
    headers.set("online-feature-store-auth-token", `${token}x`);
    try {
      await expect(
        client().retrieve(queryOf("every", ["id"], int32, [["k"]])),
      ).rejects.toMatchObject({ code: GRPC.UNAUTHENTICATED, details: "Invalid auth token" });
    } finally {
      headers.set("online-feature-store-auth-token", token);
    }
  });
}
