/** Writes `docker/*.Dockerfile`. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dockerfile, IMAGES } from "./dockerfiles.ts";

for (const spec of IMAGES) {
  const path = new URL(`../docker/${spec.service}.Dockerfile`, import.meta.url);
  await writeFile(fileURLToPath(path), dockerfile(spec));
}
