import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { readVersions, writeVersion } from "./rows.ts";

/** Rows that are tried, far more than the file may hold. */
const ROW_COUNT = 20_000;

/** Rows written at once. */
const BATCH = 200;

/**
 * Writes until the data file may not grow any more, then reads what was acknowledged, and prints what came
 * of it. Argument: folder. Run under a limit of file size.
 */
const [folder] = process.argv.slice(2) as [string];
const environment = openEmbeddedEnvironment(folder);
const store = new EmbeddedBlockStore(environment);
const acknowledged: string[] = [];
const failures = new Set<string>();

for (let start = 0; start < ROW_COUNT && failures.size === 0; start += BATCH) {
  const keys = Array.from({ length: BATCH }, (_, index) => `row-${start + index}`);
  const outcomes = await Promise.all(keys.map((key) => writeVersion(store, key, 7)));
  outcomes.forEach((outcome, index) => {
    if (outcome === undefined) acknowledged.push(keys[index] as string);
    else failures.add(outcome.code);
  });
}
const versions = await readVersions(store, acknowledged);
await environment.close();
process.stdout.write(
  JSON.stringify({
    acknowledgedCount: acknowledged.length,
    readCount: versions.filter((version) => version === 7).length,
    failures: [...failures],
  }),
);
