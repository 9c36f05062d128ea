import { createInterface } from "node:readline";
import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { readVersions } from "./rows.ts";

/** For each line of keys, answers with the line of versions that it reads. Argument: folder. */
const [folder] = process.argv.slice(2) as [string];
const environment = openEmbeddedEnvironment(folder, { readOnly: true });
const store = new EmbeddedBlockStore(environment);

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const versions = await readVersions(store, line.split(" "));
  process.stdout.write(`${versions.join(" ")}\n`);
}
await environment.close();
