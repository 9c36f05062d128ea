/** Writes `dashboards/*.json` from what `src/dashboards` says. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ALL_DASHBOARDS } from "./all-dashboards.ts";
import { dashboardText } from "./render.ts";

for (const spec of ALL_DASHBOARDS) {
  const path = fileURLToPath(new URL(`../dashboards/${spec.uid}.json`, import.meta.url));
  await writeFile(path, dashboardText(spec));
}
