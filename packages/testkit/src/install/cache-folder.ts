import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Folder for everything that test servers download or keep between runs, outside the tree:
 * `$OFS_CACHE_DIR/ofs`, else `$XDG_CACHE_HOME/ofs`, else `~/.cache/ofs`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { OFS_CACHE_DIR, XDG_CACHE_HOME } = env;
  return join(OFS_CACHE_DIR || XDG_CACHE_HOME || join(homedir(), ".cache"), "ofs");
}
