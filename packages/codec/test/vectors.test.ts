import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CATEGORIES } from "../tools/vectors/categories.ts";
import { runVectorFile, runVectorFiles } from "../tools/vectors/command.ts";

const FOLDER = fileURLToPath(new URL("../../testkit/vectors/", import.meta.url));
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

interface VectorFile {
  readonly category: string;
  readonly count: number;
  readonly vectors: Record<string, unknown>[];
}

function load(name: string): VectorFile {
  return JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as VectorFile;
}

describe("golden vectors", () => {
  it("has a file for each category", () => {
    expect(FILES.map((name) => load(name).category).sort()).toEqual([...CATEGORIES.keys()].sort());
  });

  it.each(FILES)(
    "%s passes completely",
    (name) => {
      const { passedCount, failures } = runVectorFile(join(FOLDER, name));
      expect(failures).toEqual([]);
      expect(passedCount).toBe(load(name).count);
    },
    30_000,
  );
});

/** Changes something that each case of a category expects, wherever in the case it is. */
function spoil(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length === 0 ? value : [spoil(value[0]), ...value.slice(1)];
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, spoil(entry)]));
  }
  if (typeof value === "boolean") return !value;
  return typeof value === "number" ? value + 1 : `${String(value)}00`;
}

describe("vectors command", () => {
  it.each(FILES)("%s: sees cases that expect something else", (name) => {
    const runner = CATEGORIES.get(load(name).category);
    const expectations = ["expect", "expect_hex", "f32_bits", "fp16"];
    let failed = 0;
    const cases = load(name).vectors.slice(0, 20);
    for (const vector of cases) {
      for (const key of expectations) if (key in vector) vector[key] = spoil(vector[key]);
      try {
        runner?.(vector);
      } catch {
        failed++;
      }
    }
    expect(failed).toBe(cases.length);
  });

  it("prints each failing case and the counts, and fails", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ofs-vectors-"));
    try {
      const path = join(folder, "keys.json");
      const [first, second] = load("storage_keys.json").vectors;
      const vectors = [first, { ...second, expect: "something else" }];
      writeFileSync(path, JSON.stringify({ category: "storage_keys", vectors }));
      const lines: string[] = [];
      expect(runVectorFiles([path], (line) => lines.push(line))).toBe(1);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toContain("something else");
      expect(lines[1]).toBe("1 passed, 1 failed");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("fails for a file that is not there, of another category, or not named", () => {
    const lines: string[] = [];
    expect(runVectorFiles([join(FOLDER, "nothing.json")], (line) => lines.push(line))).toBe(1);
    expect(lines.at(-1)).toBe("0 passed, 1 failed");
    expect(runVectorFiles([], (line) => lines.push(line))).toBe(1);
    expect(lines.at(-2)).toContain("usage");
  });
});
