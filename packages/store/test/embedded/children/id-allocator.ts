import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";

/**
 * Takes ids until it is killed or has enough, and tells the parent of each one that is acknowledged.
 * Arguments: folder, own name, how many.
 */
const [folder, name, count] = process.argv.slice(2) as [string, string, string];
const environment = openEmbeddedEnvironment(folder);
const author = new EmbeddedRegistrySource(environment);
const { signal } = new AbortController();

async function tryOnce(): Promise<number | undefined> {
  const { entries, authorRevision } = await author.loadForWrite(signal);
  const id = entries.size;
  const outcome = await author.writeIf(
    [{ path: `ids/${id}`, value: Buffer.from(name) }],
    [{ kind: "no-author-since", since: authorRevision }],
  );
  return "revision" in outcome ? id : undefined;
}

for (let left = Number(count); left > 0; ) {
  const id = await tryOnce();
  if (id === undefined) continue;
  process.stdout.write(`${id}\n`);
  left -= 1;
}
await environment.close();
