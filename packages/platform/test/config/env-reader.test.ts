import {
  address,
  addressList,
  ConfigError,
  choice,
  EnvReader,
  flag,
  idList,
  integer,
  list,
  logLevel,
  parseEnv,
  port,
  text,
} from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { z } from "zod";

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  throw new Error("no fault was found");
}

describe("parseEnv", () => {
  test("reads values and defaults, and takes an empty value for none", () => {
    const schema = z.object({ APP_NAME: text().default("onfs"), APP_PORT: port().default(8089) });
    expect(parseEnv(schema, { APP_NAME: "", APP_PORT: "1", OTHER: "x" })).toEqual({
      APP_NAME: "onfs",
      APP_PORT: 1,
    });
  });

  test("names every bad variable at once, with its value", () => {
    const schema = z.object({ A: port(), B: flag(), C: text(), D: logLevel() });
    expect(faultsOf(() => parseEnv(schema, { A: "70000", B: "maybe", D: "loud" }))).toEqual([
      'A: must be a whole number from 0 to 65535 (value "70000")',
      'B: must be true or false (value "maybe")',
      "C: is required",
      'D: must be one of DEBUG, INFO, WARN, ERROR, FATAL, PANIC, DISABLED (value "loud")',
    ]);
  });

  test.each(["X_PASSWORD", "AUTH_TOKEN", "MY_SECRET"])("never shows the value of %s", (name) => {
    const schema = z.object({ [name]: integer() });
    expect(faultsOf(() => parseEnv(schema, { [name]: "hunter2" }))).toEqual([
      `${name}: must be a whole number from 0`,
    ]);
  });

  test("shortens long values", () => {
    const [fault] = faultsOf(() => parseEnv(z.object({ A: integer() }), { A: "x".repeat(10_000) }));
    expect(fault?.length).toBeLessThan(200);
  });
});

describe("EnvReader", () => {
  test("gathers the faults of several schemas and of the caller", () => {
    const reader = new EnvReader({ STORE_1_PORT: "a", STORE_2_PORT: "b", IDS: "1,2" });
    const schema = z.object({ PORT: port() });
    const parts = { one: reader.read(schema, "STORE_1_"), two: reader.read(schema, "STORE_2_") };
    reader.fault("IDS", "names an unknown id");
    expect(faultsOf(() => reader.finish(parts))).toEqual([
      'STORE_1_PORT: must be a whole number from 0 to 65535 (value "a")',
      'STORE_2_PORT: must be a whole number from 0 to 65535 (value "b")',
      'IDS: names an unknown id (value "1,2")',
    ]);
  });

  test("hands the parts back when all is well", () => {
    const reader = new EnvReader({ STORE_1_PORT: "9042" });
    const one = reader.read(z.object({ PORT: port() }), "STORE_1_");
    expect(reader.finish({ one })).toEqual({ one: { PORT: 9042 } });
  });
});

describe("fields", () => {
  test.each([
    [integer(), "12", 12],
    [integer(-1), "-1", -1],
    [flag(), "TRUE", true],
    [flag(), "0", false],
    [choice("tcp", "unix"), "tcp", "tcp"],
    [list(), " a, b,,c ", ["a", "b", "c"]],
    [idList(), "3,1", [3, 1]],
    [logLevel(), "warn", "WARN"],
    [address(), "localhost:6379", { host: "localhost", port: 6379 }],
    [address(), "[::1]:6379", { host: "::1", port: 6379 }],
    [
      addressList(),
      "a:1,b:2",
      [
        { host: "a", port: 1 },
        { host: "b", port: 2 },
      ],
    ],
  ])("%# reads %j", (schema, value, expected) => {
    expect((schema as z.ZodType).parse(value)).toEqual(expected);
  });

  test.each([
    [integer(), "1.5"],
    [integer(), "0x10"],
    [integer(), "-1"],
    [integer(), "99999999999999999"],
    [integer(1, 5), "6"],
    [port(), ""],
    [choice("tcp"), "TCP"],
    [list(), " , "],
    [idList(), "1,x"],
    [idList(), "1,01"],
    [address(), "localhost"],
    [address(), "a:b:1"],
    [address(), "a:0"],
    [addressList(), "a:1,b"],
  ])("%# refuses %j", (schema, value) => {
    expect((schema as z.ZodType).safeParse(value).success).toBe(false);
  });
});
