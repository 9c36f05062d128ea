import { join } from "node:path";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { ChildScript } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

/** Starting a process takes up to a few seconds on a busy machine. */
const TIMEOUT_MS = 90_000;
const PROCESS_COUNT = 3;
const IDS_PER_PROCESS = 40;

let folder: TemporaryFolder;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  folder.remove();
});

async function lines(child: ChildScript): Promise<string[]> {
  const all: string[] = [];
  for (let line = await child.line(); line !== undefined; line = await child.line()) all.push(line);
  return all;
}

test(
  "several processes allocate ids that are all different",
  async () => {
    const script = join(import.meta.dirname, "children/id-allocator.ts");
    // The folder is made once before several open it.
    await openEmbeddedEnvironment(folder.path).close();
    const children = Array.from({ length: PROCESS_COUNT }, (_, index) =>
      ChildScript.start({
        script,
        args: [folder.path, `process-${index}`, String(IDS_PER_PROCESS)],
      }),
    );
    const told = await Promise.all(children.map(lines));
    for (const child of children) expect(await child.end()).toEqual({ code: 0, errors: "" });

    const environment = openEmbeddedEnvironment(folder.path);
    const { entries } = await new EmbeddedRegistrySource(environment).load(
      new AbortController().signal,
    );
    await environment.close();
    expect(told.flat()).toHaveLength(PROCESS_COUNT * IDS_PER_PROCESS);
    expect(entries.size).toBe(PROCESS_COUNT * IDS_PER_PROCESS);
    for (const [index, ids] of told.entries()) {
      for (const id of ids) {
        expect(Buffer.from(entries.get(`ids/${id}`) ?? []).toString()).toBe(`process-${index}`);
      }
    }
  },
  TIMEOUT_MS,
);

test("changes that are no longer kept count as changes of every path", async () => {
  const environment = openEmbeddedEnvironment(folder.path);
  const author = new EmbeddedRegistrySource(environment);
  // Two values past half of the log's bytes: the first revision is forgotten.
  const large = Buffer.alloc(9 * 1024 * 1024);
  await author.write([{ path: "large", value: large }]);
  await author.write([{ path: "large", value: large }]);
  const old = { kind: "unchanged", path: "never-written", since: 1 } as const;
  expect(await author.writeIf([], [old])).toEqual({ conflict: old });
  const kept = { kind: "unchanged", path: "never-written", since: 2 } as const;
  expect(await author.writeIf([], [kept])).toEqual({ revision: 3 });
  await environment.close();
});

test("a damaged revision of the last author is an error that names it", async () => {
  const environment = openEmbeddedEnvironment(folder.path);
  const author = new EmbeddedRegistrySource(environment);
  const meta = environment.table("meta");
  await environment.commit(() => meta.putSync(Buffer.from("registry_author"), Buffer.from("x")), 1);
  await expect(author.loadForWrite(new AbortController().signal)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("registry author x"),
  });
  await environment.close();
});
