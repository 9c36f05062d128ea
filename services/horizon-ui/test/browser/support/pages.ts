import { join } from "node:path";
import { runCommand } from "@ofs/testkit";

/** The package's folder. */
export const PACKAGE = join(import.meta.dirname, "../../..");

/** Builds the pages as they are shipped: where `NODE_ENV` is `test`, the build would be one for development. */
export async function buildPages(folder: string): Promise<void> {
  const bundler = join(PACKAGE, "node_modules/vite/bin/vite.js");
  const env = { ...process.env, NODE_ENV: "production" };
  await runCommand(process.execPath, [bundler, "build", "--outDir", folder], { cwd: PACKAGE, env });
}
