import { join } from "node:path";
import { documentedVariables } from "@ofs/testkit";
import { expect, test } from "vitest";
import { configVariables } from "../src/config.ts";

test("the environment tables name exactly the variables that are read", async () => {
  const documented = await documentedVariables(join(import.meta.dirname, "../README.md"));
  expect(documented).toEqual(configVariables().toSorted());
});
