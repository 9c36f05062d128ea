import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

test("the registries of the dialects know nothing of each other", async () => {
  const folder = temporaryFolder();
  const environment = openEmbeddedEnvironment(folder.path);
  const block = new EmbeddedRegistrySource(environment);
  const row = new EmbeddedRegistrySource(environment, "row");
  const { signal } = new AbortController();
  try {
    const first = await row.writeIf(
      [{ path: "entities/a", value: Buffer.from("row") }],
      [{ kind: "absent", path: "entities/a" }],
    );
    expect(first).toEqual({ revision: 2 });
    expect((await block.loadForWrite(signal)).entries.size).toBe(0);
    expect(await block.write([{ path: "entities/a", value: Buffer.from("block") }])).toBe(2);
    const loaded = await row.loadForWrite(signal);
    const value = loaded.entries.get("entities/a");
    expect(Buffer.from(value ?? []).toString()).toBe("row");
    expect(loaded).toMatchObject({ revision: 2, authorRevision: 2 });
  } finally {
    await row.close();
    await block.close();
    await environment.close();
    folder.remove();
  }
});
