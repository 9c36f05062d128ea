import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import { afterAll } from "vitest";
import { openState } from "../../src/store/open-store.ts";
import { testStore } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "ofs-populator-store-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

testStore(() =>
  openState(
    { kind: "embedded", folder },
    createLogger({ service: "populator", level: "DISABLED" }),
  ),
);
