import { homedir } from "node:os";
import { expect, test } from "vitest";
import { cacheFolder } from "../../src/install/cache-folder.ts";

test.each([
  [{ OFS_CACHE_DIR: "/a", XDG_CACHE_HOME: "/b" }, "/a/ofs"],
  [{ OFS_CACHE_DIR: "", XDG_CACHE_HOME: "/b" }, "/b/ofs"],
  [{}, `${homedir()}/.cache/ofs`],
])("%o keeps its cache in %s", (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});
