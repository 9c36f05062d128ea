import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DATA_TYPES, type DataType } from "@ofs/codec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CALLER_ID, CALLER_TOKEN } from "../scenarios/scenario-tree.ts";
import { type ServerUnderTest, startServerUnderTest } from "../scenarios/server-under-test.ts";
import { groupOf } from "../scenarios/type-samples.ts";
import { pythonWithClient } from "./python-environment.ts";

const SET_UP_TIMEOUT_MS = 400_000;

interface PythonAnswer {
  readonly persist: {
    readonly success: boolean;
    readonly message?: string;
    readonly error?: string;
  };
  readonly retrieve: { readonly rows: { readonly keys: string[]; readonly columns: string[] }[] };
  readonly decoded: { readonly rows: { readonly columns: string[] }[] };
}

/** A value as a Python user would give it, and what comes back. The client sends floats in `fp32_values`, ints in `int32_values` or `int64_values`. */
interface PythonSample {
  readonly value: unknown;
  readonly hex: string;
  readonly text: string;
}

const FLOATS: Record<string, string> = {
  FP8E5M2: "3e",
  FP8E4M3: "3c",
  FP16: "003e",
  FP32: "0000c03f",
  FP64: "000000000000f83f",
};

function sampleOf(type: DataType): PythonSample {
  switch (type.kind) {
    case "float": {
      const hex = FLOATS[type.element.name.slice("DataType".length)] as string;
      return { value: 1.5, hex, text: "1.5" };
    }
    case "string":
      return { value: "ab:日", hex: Buffer.from("ab:日").toString("hex"), text: "ab:日" };
    case "bool":
      return { value: true, hex: "01", text: "true" };
    default: {
      const bytes = Buffer.alloc(type.unitSizeBytes);
      bytes[0] = 77;
      return { value: 77, hex: bytes.toString("hex"), text: "77" };
    }
  }
}

function vectorOf(type: DataType): PythonSample {
  const { value, hex, text: shown } = sampleOf(type);
  const prefix =
    type.kind === "string"
      ? Buffer.from(hex, "hex").length.toString(16).padStart(2, "0").concat("00").repeat(3)
      : "";
  const element = type.kind === "bool" ? "1" : shown;
  return {
    value: [value, value, value],
    hex: prefix + hex.repeat(3),
    text: [element, element, element].join(":"),
  };
}

let python: string;

beforeAll(async () => {
  python = await pythonWithClient();
}, SET_UP_TIMEOUT_MS);

async function callPython(address: string, cases: readonly unknown[]): Promise<PythonAnswer[]> {
  const child = spawn(python, [join(import.meta.dirname, "python_client.py")]);
  const [out, faults, closed] = [text(child.stdout), text(child.stderr), once(child, "close")];
  child.stdin.end(JSON.stringify({ address, caller: CALLER_ID, token: CALLER_TOKEN, cases }));
  const [code] = await closed;
  expect(code, await faults).toBe(0);
  return JSON.parse(await out);
}

describe.each(["front", "grpc-js"])("over %s", (transport) => {
  let server: ServerUnderTest;

  beforeAll(async () => {
    const caches = { process: true, distributed: false };
    server = await startServerUnderTest("embedded", caches, { env: { GRPC_TRANSPORT: transport } });
  });

  afterAll(async () => {
    await server.close();
  });

  const runPython = (cases: readonly unknown[]): Promise<PythonAnswer[]> =>
    callPython(server.address, cases);

  test("the published Python client writes and reads every data type", async () => {
    const samples = DATA_TYPES.map((type) => (type.isVector ? vectorOf(type) : sampleOf(type)));
    const cases = DATA_TYPES.map((type, i) => ({
      persist: {
        entity_label: "every",
        keys_schema: ["id"],
        feature_group_schemas: [{ label: groupOf(type), feature_labels: ["first"] }],
        data_rows: [{ id: "python", first: samples[i]?.value }],
      },
      retrieve: {
        entity_label: "every",
        feature_groups: [{ label: groupOf(type), feature_labels: ["first"] }],
        keys_schema: ["id"],
        entity_keys: [["python"], ["nobody"]],
      },
    }));
    const answers = await runPython(cases);
    const seen = answers.map(({ persist, retrieve, decoded }, i) => ({
      type: DATA_TYPES[i]?.name,
      error: persist.error,
      hex: retrieve.rows[0]?.columns[0],
      text: decoded.rows[0]?.columns[0],
    }));
    expect(seen).toEqual(
      DATA_TYPES.map((type, i) => ({
        type: type.name,
        error: undefined,
        hex: samples[i]?.hex,
        text: samples[i]?.text,
      })),
    );
    expect(answers[0]?.persist.message).toBe("Data Persisted Successfully");
  });

  test("the client's parallel batches bring every row", async () => {
    const ids = Array.from({ length: 320 }, (_, i) => `batch-${i}`);
    const [answer] = await runPython([
      {
        persist: {
          entity_label: "every",
          keys_schema: ["id"],
          feature_group_schemas: [{ label: "int32", feature_labels: ["first"] }],
          data_rows: ids.map((id, i) => ({ id, first: i })),
        },
        retrieve: {
          entity_label: "every",
          feature_groups: [{ label: "int32", feature_labels: ["first"] }],
          keys_schema: ["id"],
          entity_keys: ids.map((id) => [id]),
        },
      },
    ]);
    const byKey = new Map(answer?.retrieve.rows.map(({ keys, columns }) => [keys[0], columns[0]]));
    expect(byKey.size).toBe(ids.length);
    for (const [i, id] of ids.entries()) {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(i);
      expect(byKey.get(id)).toBe(bytes.toString("hex"));
    }
  });
});
