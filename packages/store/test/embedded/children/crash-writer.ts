import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { writeVersion } from "./rows.ts";

/** Writers at work at once. */
const WRITER_COUNT = 8;

/** Keys of one writer, over and over. */
const KEYS_PER_WRITER = 50;

/**
 * Writes rows until it is killed, and tells the parent of each one that is acknowledged.
 * Arguments: folder, first version.
 */
const [folder, firstVersion] = process.argv.slice(2) as [string, string];
const store = new EmbeddedBlockStore(openEmbeddedEnvironment(folder));

async function writeForEver(writer: number): Promise<never> {
  for (let version = Number(firstVersion); ; version++) {
    const key = `writer-${writer}-${version % KEYS_PER_WRITER}`;
    const outcome = await writeVersion(store, key, version);
    if (outcome !== undefined) throw outcome;
    process.stdout.write(`${key} ${version}\n`);
  }
}

await Promise.all(Array.from({ length: WRITER_COUNT }, (_, writer) => writeForEver(writer)));
