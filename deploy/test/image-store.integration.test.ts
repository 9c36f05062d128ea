import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOnPath } from "@ofs/testkit";
import { expect, onTestFinished, test } from "vitest";
import { ImageStore } from "../src/images/image-store.ts";

const IMAGE = "localhost/ofs-left";

async function commit(store: ImageStore, label: string): Promise<void> {
  const container = await store.run(["from", "scratch"]);
  await store.run(["config", "--label", `label=${label}`, container]);
  await store.run(["commit", "--quiet", "--rm", container, IMAGE]);
}

test("what a check that was cut off left behind is removed by the next one", async (context) => {
  const isHere = process.getuid?.() === 0 && (await findOnPath("buildah")) !== undefined;
  if (!isHere) context.skip("this is not root, or buildah is not here: npm run images installs it");
  const folder = await mkdtemp(join(tmpdir(), "ofs-image-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const cutOff = await ImageStore.open(folder);
  await commit(cutOff, "first");
  await cutOff.run(["from", "--pull-never", IMAGE]);
  // Takes the name from the first one, which a container stands on: as a step of a build that was cut off.
  await commit(cutOff, "second");
  await expect(cutOff.remove([IMAGE])).rejects.toThrow(/in use by a container/);

  const store = await ImageStore.open(folder);
  await store.remove([IMAGE]);
  expect(await store.run(["images", "--all", "--quiet"])).toBe("");
  expect(await store.run(["containers", "--quiet"])).toBe("");
});
