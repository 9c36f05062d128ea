import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dockerfile, IMAGES, PNPM_VERSION } from "../src/dockerfiles.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "deploy/docker");

test.each(IMAGES)("$service.Dockerfile is what `npm run dockerfiles` writes", async (spec) => {
  const written = await readFile(join(FOLDER, `${spec.service}.Dockerfile`), "utf8");
  expect(written).toBe(dockerfile(spec));
});

test("there is an image for each service that can be started", async () => {
  const files = await readdir(FOLDER);
  const names = files.filter((name) => name.endsWith(".Dockerfile"));
  expect(names).toEqual(IMAGES.map(({ service }) => `${service}.Dockerfile`).toSorted());
  const services = await readdir(join(ROOT, "services"));
  // The web UI is served by horizon.
  expect(services.filter((name) => name !== "horizon-ui").toSorted()).toEqual(
    IMAGES.map(({ service }) => service).toSorted(),
  );
});

test("images are built with the pnpm of the set-up", async () => {
  const setUp = await readFile(join(ROOT, "scripts/bootstrap.mjs"), "utf8");
  expect(setUp).toContain(`const PNPM_VERSION = "${PNPM_VERSION}";`);
});
