import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildGo, findGo, runCommand } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ProofTarget } from "../support/proof-target.ts";

const MODULE = join(import.meta.dirname, "../clients/go");
const SUITE = "github.com/summerwind/h2spec/cmd/h2spec";
/** Of them, one only counts with `--strict`. */
const CASE_COUNT = 146;
const BUILD_TIMEOUT_MS = 420_000;
const RUN_TIMEOUT_MS = 120_000;

const go = await findGo();
let target: ProofTarget;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "h2spec-"));
  target = await ProofTarget.start("front");
});

afterAll(async () => {
  await target.close();
  await rm(folder, { recursive: true });
});

/** Runs the suite. @returns counts, and the names of what did not pass */
async function runSuite(program: string): Promise<{ passed: number; others: string[] }> {
  const report = join(folder, "report.xml");
  const where = ["-h", "127.0.0.1", "-p", String(target.port), "-P", "/page"];
  // It answers 1 if a case fails: the report says which.
  const run = runCommand(program, [...where, "--strict", "-o", "3", "-j", report], {
    timeoutMs: RUN_TIMEOUT_MS,
  });
  await Promise.allSettled([run]);
  const cases = (await readFile(report, "utf8")).matchAll(
    /<testcase package="([^"]*)" classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g,
  );
  const others: string[] = [];
  let passed = 0;
  for (const [, section, name, outcome] of cases) {
    if (outcome === "") passed += 1;
    else others.push(`${section} ${name}: ${outcome}`);
  }
  return { passed, others };
}

const reason = "missing" in go ? ` (skipped: ${go.missing})` : "";
test.skipIf("missing" in go)(
  `all cases of the conformance suite pass${reason}`,
  { timeout: BUILD_TIMEOUT_MS + RUN_TIMEOUT_MS },
  async () => {
    const path = "path" in go ? go.path : "";
    const program = await buildGo(path, { folder: MODULE, package: SUITE });
    const { passed, others } = await runSuite(program);
    expect(others).toEqual([]);
    expect(passed).toBe(CASE_COUNT);
    target.assertAlive();
  },
);
