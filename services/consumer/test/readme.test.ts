import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configVariables } from "../src/config.ts";

const README = join(import.meta.dirname, "../README.md");
const REDIS_KINDS = ["STANDALONE", "CLUSTER", "FAILOVER"];

/** Variables named in the first column of the tables below the heading "Environment". */
function documentedVariables(text: string): string[] {
  const section = text.split("\n## ").find((part) => part.startsWith("Environment\n")) ?? "";
  return section.split("\n").flatMap((line) => {
    const names = line.split(" | ")[0]?.match(/`[A-Z][^`]*`/g) ?? [];
    return line.startsWith("| `")
      ? names.map((name) => name.slice(1, -1)).flatMap(expandKinds)
      : [];
  });
}

function expandKinds(name: string): string[] {
  return name.includes("<KIND>") ? REDIS_KINDS.map((kind) => name.replace("<KIND>", kind)) : [name];
}

test("the environment tables name exactly the variables that are read", async () => {
  const documented = documentedVariables(await readFile(README, "utf8"));
  expect(documented.toSorted()).toEqual(configVariables().toSorted());
});
