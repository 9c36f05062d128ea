import { expect, it } from "vitest";
import { printable } from "../../../src/cli/output/printable.ts";

it("leaves nothing that a terminal would obey", () => {
  expect(printable("no entity \u001b[2J\u009b31m\u202ex\n")).toBe(
    "no entity \ufffd[2J\ufffd31m\ufffdx\ufffd",
  );
  expect(printable("Flüge, 映画")).toBe("Flüge, 映画");
});
