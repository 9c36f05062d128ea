import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildStamp, bundleFolders, missingOutputs, projectFolders } from "../build-state.mjs";
import { withFileLock } from "../file-lock.mjs";
import {
  installStamp,
  missingPackages,
  readStamp,
  removeStamp,
  writeStamp,
} from "../install-state.mjs";

let root;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ofs checkout "));
  write("package.json", { devDependencies: { vitest: "1.0.0" } });
  write("pnpm-lock.yaml", "lock");
  write("pnpm-workspace.yaml", "workspace");
  write("tsconfig.json", {});
  write("tsconfig.base.json", {});
  write("packages/codec/package.json", { dependencies: { "@ofs/proto": "workspace:*" } });
  write("packages/codec/tsconfig.json", {});
  write("packages/codec/src/index.ts", "export {};");
  write("packages/codec/src/deep/types.d.ts", "export {};");
  write("packages/codec/test/index.test.ts", "export {};");
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path, content) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test.each(["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "packages/codec/package.json"])(
  "a change of %s calls for an install",
  (file) => {
    const before = installStamp(root);
    expect(installStamp(root)).toBe(before);
    write(file, { name: "changed" });
    expect(installStamp(root)).not.toBe(before);
  },
);

test("a package that was removed by hand is missed", () => {
  expect(missingPackages(root)).toEqual([".: vitest", "packages/codec: @ofs/proto"]);
  mkdirSync(join(root, "node_modules/vitest"), { recursive: true });
  mkdirSync(join(root, "packages/codec/node_modules/@ofs"), { recursive: true });
  symlinkSync(root, join(root, "packages/codec/node_modules/@ofs/proto"));
  expect(missingPackages(root)).toEqual([]);
});

test.each(["packages/codec/src/index.ts", "packages/codec/tsconfig.json", "tsconfig.base.json"])(
  "a change of %s calls for a build, even of the same size",
  (file) => {
    const before = buildStamp(root);
    expect(buildStamp(root)).toBe(before);
    utimesSync(join(root, file), new Date(), new Date(Date.now() + 5000));
    expect(buildStamp(root)).not.toBe(before);
  },
);

test("a new and a removed source file call for a build, a test file does not", () => {
  const before = buildStamp(root);
  write("packages/codec/test/other.test.ts", "export {};");
  expect(buildStamp(root)).toBe(before);
  write("packages/codec/src/other.ts", "export {};");
  expect(buildStamp(root)).not.toBe(before);
  rmSync(join(root, "packages/codec/src/other.ts"));
  expect(buildStamp(root)).toBe(before);
});

test("a built file that is gone is missed", () => {
  expect(missingOutputs(root)).toEqual(["packages/codec/dist/index.js"]);
  write("packages/codec/dist/index.js", "export {};");
  expect(missingOutputs(root)).toEqual([]);
});

test("web pages are bundled, not compiled", () => {
  write("services/pages/package.json", {});
  write("services/pages/tsconfig.json", {});
  write("services/pages/vite.config.ts", "export default {};");
  write("services/pages/src/main.ts", "export {};");
  write("packages/codec/dist/index.js", "export {};");
  expect(projectFolders(root)).toEqual(["packages/codec"]);
  expect(bundleFolders(root)).toEqual(["services/pages"]);
  expect(missingOutputs(root)).toEqual(["services/pages/dist/index.html"]);
  write("services/pages/dist/index.html", "<!doctype html>");
  expect(missingOutputs(root)).toEqual([]);
});

test("a stamp is there after it was written, until it is removed", () => {
  expect(readStamp(root, "build")).toBeUndefined();
  writeStamp(root, "build", "abc");
  expect(readStamp(root, "build")).toBe("abc");
  expect(readStamp(root, "install")).toBeUndefined();
  removeStamp(root, "build");
  removeStamp(root, "build");
  expect(readStamp(root, "build")).toBeUndefined();
});

test("two set-ups of one checkout take turns", async () => {
  const order = [];
  const work = (name) => async () => {
    order.push(`${name} starts`);
    await new Promise((done) => setImmediate(done));
    order.push(`${name} ends`);
  };
  await Promise.all([withFileLock(root, work("a")), withFileLock(root, work("b"))]);
  expect(order).toEqual(["a starts", "a ends", "b starts", "b ends"]);
});
