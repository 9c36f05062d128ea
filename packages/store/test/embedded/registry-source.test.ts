import { setImmediate as nextTurn } from "node:timers/promises";
import type { RegistryChange, RegistryChanges, RegistryWatcher } from "@ofs/registry";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

let folder: TemporaryFolder;
let closers: (() => Promise<void>)[];

beforeEach(() => {
  folder = temporaryFolder();
  closers = [];
});

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.toReversed()) await close();
  folder.remove();
});

function openSource(): EmbeddedRegistrySource {
  const environment = openEmbeddedEnvironment(folder.path);
  const source = new EmbeddedRegistrySource(environment);
  closers.push(
    () => environment.close(),
    () => source.close(),
  );
  return source;
}

function put(path: string, value: string): RegistryChange {
  return { path, value: Buffer.from(value) };
}

async function texts(source: EmbeddedRegistrySource): Promise<Record<string, string>> {
  const { entries } = await source.load(new AbortController().signal);
  return Object.fromEntries(
    [...entries].map(([path, value]) => [path, Buffer.from(value).toString()]),
  );
}

/** Keeps what a watcher hears; `until` resolves when a condition holds. */
class Recorder implements RegistryWatcher {
  readonly batches: RegistryChanges[] = [];
  readonly gaps: string[] = [];
  readonly connections: (readonly [isUp: boolean, reason: string])[] = [];
  #wake: (() => void) | undefined;

  onChanges(changes: RegistryChanges): void {
    this.batches.push(changes);
    this.#wake?.();
  }

  onGap(reason: string): void {
    this.gaps.push(reason);
    this.#wake?.();
  }

  onConnection(isUp: boolean, reason: string): void {
    this.connections.push([isUp, reason]);
    this.#wake?.();
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get paths(): string[] {
    return this.batches.flatMap(({ changes }) => changes.map(({ path }) => path));
  }
}

test("a new folder is an empty tree at revision 1", async () => {
  const source = openSource();
  const tree = await source.load(new AbortController().signal);
  expect(tree).toEqual({ entries: new Map(), revision: 1 });
});

test("writes are kept, replaced and deleted, and each is one revision", async () => {
  const source = openSource();
  expect(await source.write([put("a", "1"), put("b/c", "2"), put("", "root")])).toBe(2);
  expect(await source.write([put("a", "one"), { path: "b/c", value: undefined }])).toBe(3);
  expect(await source.write([{ path: "absent", value: undefined }])).toBe(4);
  expect(await texts(source)).toEqual({ a: "one", "": "root" });
});

test("of two changes of one path in a write the last counts", async () => {
  const source = openSource();
  await source.write([
    put("a", "1"),
    put("a", "2"),
    put("b", "1"),
    { path: "b", value: undefined },
  ]);
  expect(await texts(source)).toEqual({ a: "2" });
});

test("the tree survives a restart", async () => {
  const first = openEmbeddedEnvironment(folder.path);
  await new EmbeddedRegistrySource(first).write([put("kept", "yes"), put("empty", "")]);
  await first.close();
  const source = openSource();
  expect(await texts(source)).toEqual({ kept: "yes", empty: "" });
  expect((await source.load(new AbortController().signal)).revision).toBe(2);
});

test("long paths and paths that differ only past their first part are different", async () => {
  const source = openSource();
  const long = `e/${"x".repeat(4000)}`;
  const paths = [long, `${long}y`, "e/馬", "e/é", "e/e\u0301"];
  await source.write(paths.map((path) => put(path, path)));
  expect(await texts(source)).toEqual(Object.fromEntries(paths.map((path) => [path, path])));
});

test.each(["/a", "a/", "a//b", "/", "x".repeat(4097)])("path %j is refused", async (path) => {
  const source = openSource();
  const write = source.write([put("good", "1"), put(path, "2")]);
  await expect(write).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(await texts(source)).toEqual({});
});

test("a write of nothing changes nothing and gives the revision", async () => {
  const source = openSource();
  await source.write([put("a", "1")]);
  expect(await source.write([])).toBe(2);
});

test("concurrent writes get a revision each, and none is lost", async () => {
  const sources = [openSource(), openSource()];
  const writes = Array.from({ length: 60 }, (_, index) =>
    (sources[index % 2] as EmbeddedRegistrySource).write([put(`path-${index}`, String(index))]),
  );
  const revisions = await Promise.all(writes);
  expect([...revisions].sort((left, right) => left - right)).toEqual(
    Array.from({ length: 60 }, (_, index) => index + 2),
  );
  expect(Object.keys(await texts(sources[0] as EmbeddedRegistrySource))).toHaveLength(60);
});

test("a watcher hears of a write of its process without waiting for a poll", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const source = openSource();
  const { revision } = await source.load(new AbortController().signal);
  const recorder = new Recorder();
  const stop = source.watch(revision, recorder);
  await source.write([put("a", "1"), { path: "b", value: undefined }]);
  await recorder.until(() => recorder.batches.length === 1);
  expect(recorder.batches).toEqual([
    { revision: 2, changes: [put("a", "1"), { path: "b", value: undefined }] },
  ]);
  await stop();
});

test("a watcher hears of a write through another connection at the next poll", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const [reader, writer] = [openSource(), openSource()];
  const recorder = new Recorder();
  reader.watch(1, recorder);
  await nextTurn();
  await writer.write([put("a", "1")]);
  await writer.write([put("b", "2")]);
  await nextTurn();
  expect(recorder.batches).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(recorder.batches.map(({ revision }) => revision)).toEqual([2, 3]);
  vi.advanceTimersByTime(1000);
  expect(recorder.batches).toHaveLength(2);
});

test("a watch begins with everything after the revision it is given", async () => {
  const source = openSource();
  await source.write([put("a", "1")]);
  await source.write([put("b", "2")]);
  await source.write([put("c", "3")]);
  const recorder = new Recorder();
  source.watch(2, recorder);
  await recorder.until(() => recorder.batches.length === 2);
  expect(recorder.paths).toEqual(["b", "c"]);
});

test("a stopped watch hears nothing more, also within a burst", async () => {
  const source = openSource();
  await source.write([put("a", "1")]);
  await source.write([put("b", "2")]);
  const heard: string[] = [];
  let stop: (() => Promise<void>) | undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = source.watch(1, {
      onChanges({ changes }) {
        heard.push(...changes.map(({ path }) => path));
        stop?.().then(resolve, resolve);
      },
      onGap: (reason) => heard.push(reason),
      onConnection: (_, reason) => heard.push(reason),
    });
  });
  await stopped;
  await source.write([put("c", "3")]);
  await nextTurn();
  expect(heard).toEqual(["a"]);
});

test("a watcher that lags behind the kept changes has a gap", async () => {
  const source = openSource();
  // Two values past half of the log's bytes: the first revision is forgotten.
  const large = Buffer.alloc(9 * 1024 * 1024);
  await source.write([{ path: "large", value: large }]);
  await source.write([{ path: "large", value: large }]);
  const recorder = new Recorder();
  source.watch(1, recorder);
  await recorder.until(() => recorder.gaps.length === 1);
  expect(recorder.gaps).toEqual(["changes up to revision 2 are forgotten, 2 is needed"]);
  expect(recorder.batches).toEqual([]);

  const upToDate = new Recorder();
  source.watch(2, upToDate);
  await upToDate.until(() => upToDate.batches.length === 1);
  expect(upToDate.paths).toEqual(["large"]);
});

test("a watcher that is ahead of the folder has a gap", async () => {
  const source = openSource();
  const recorder = new Recorder();
  source.watch(9, recorder);
  await recorder.until(() => recorder.gaps.length === 1);
  expect(recorder.gaps).toEqual(["the folder is at revision 1, before 9"]);
});

test("after a gap the watch is over", async () => {
  const source = openSource();
  const recorder = new Recorder();
  source.watch(9, recorder);
  await recorder.until(() => recorder.gaps.length === 1);
  await source.write([put("a", "1")]);
  await nextTurn();
  expect(recorder.batches).toEqual([]);
});

test("damaged rows make the source unavailable, and a watcher hears so once", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  const environment = openEmbeddedEnvironment(folder.path);
  const source = new EmbeddedRegistrySource(environment);
  closers.push(
    () => environment.close(),
    () => source.close(),
  );
  const recorder = new Recorder();
  source.watch(1, recorder);
  const meta = environment.table("meta");
  await environment.commit(() => meta.putSync(Buffer.from("registry"), Buffer.from("{")), 1);
  vi.advanceTimersByTime(1000);
  expect(recorder.connections).toHaveLength(1);
  expect(recorder.connections[0]?.[0]).toBe(false);
  expect(recorder.connections[0]?.[1]).toContain(folder.path);
  const load = source.load(new AbortController().signal);
  await expect(load).rejects.toMatchObject({ code: "UNAVAILABLE" });

  await environment.commit(() => meta.removeSync(Buffer.from("registry")), 1);
  vi.advanceTimersByTime(200);
  expect(recorder.connections.map(([isUp]) => isUp)).toEqual([false, true]);
});

test("a cancelled load and a closed source are errors", async () => {
  const source = openSource();
  await expect(source.load(AbortSignal.abort())).rejects.toMatchObject({ code: "CANCELLED" });
  await source.close();
  await source.close();
  const load = source.load(new AbortController().signal);
  await expect(load).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(source.write([put("a", "1")])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(() => source.watch(1, new Recorder())).toThrow("it is closed");
});
