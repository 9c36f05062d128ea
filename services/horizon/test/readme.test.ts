import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { documentedVariables } from "@ofs/testkit";
import { expect, test } from "vitest";
import { DECISIONS, LISTS, SUBMISSIONS } from "../src/http/request-kinds.ts";
import { configVariables } from "../src/index.ts";

const README = join(import.meta.dirname, "../README.md");

test("the environment tables name exactly the variables that are read", async () => {
  expect(await documentedVariables(README)).toEqual(configVariables().toSorted());
});

test("the endpoints of changes are all there", async () => {
  const text = await readFile(README, "utf8");
  for (const { path } of [...SUBMISSIONS, ...DECISIONS, ...LISTS]) {
    expect(text).toContain(`/${path}`);
  }
});
