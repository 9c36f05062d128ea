import { createLogger } from "@ofs/platform";
import { EmbeddedLog } from "../../../dist/embedded-log/index.js";

/** Records that are tried, far more than the file may hold. */
const RECORD_COUNT = 20_000;

/** Records appended at once. */
const BATCH = 50;

const VALUE = "v".repeat(1000);

/**
 * Appends until the file may not grow any more, then reads what was acknowledged, and prints what came of it.
 * Argument: folder. Run under a limit of file size.
 */
const [folder] = process.argv.slice(2);
const logger = createLogger({ service: "child", level: "DISABLED" });
const log = await EmbeddedLog.open(folder, { log: logger, partitionCount: 1 });
let acknowledgedCount = 0;
const failures = new Set();

for (let start = 0; start < RECORD_COUNT && failures.size === 0; start += BATCH) {
  const value = Buffer.from(VALUE);
  try {
    await log.append(
      Array.from({ length: BATCH }, () => ({ topic: "t", key: undefined, value, headers: [] })),
    );
    acknowledgedCount += BATCH;
  } catch (error) {
    const { name, code } = error;
    failures.add(`${name} ${code}`);
  }
}
const { state } = log.status();
const records = await log.admin().read("t", 0, 0, RECORD_COUNT, Number.MAX_SAFE_INTEGER);
const readCount = records.filter(({ value }) => String(value) === VALUE).length;
await log.close();
process.stdout.write(
  `${JSON.stringify({ acknowledgedCount, readCount, failures: [...failures], state })}\n`,
);
