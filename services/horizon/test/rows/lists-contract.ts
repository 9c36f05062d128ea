import { inflateRawSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { entityBody, groupBody, OWNER } from "./support/bodies.ts";
import type { MemoryClusters } from "./support/memory-clusters.ts";
import type { RowApp } from "./support/row-app.ts";

const REQUEST = { status: 400, message: "invalid request" };

/** Lists, runs and searches, over any database. Each test has names of its own. */
export function testRowLists(open: () => RowApp<MemoryClusters>): void {
  const call: RowApp<MemoryClusters>["call"] = (...args) => open().call(...args);

  describe("lists", () => {
    beforeAll(async () => {
      await call("POST", "/entity", entityBody("list_users"));
      await call("POST", "/feature-group", groupBody("list_stats", "list_users"));
    });

    test.each([
      ["/entity", "entities", "list_users"],
      ["/feature-group", "featureGroups", "list_stats"],
      ["/feature-group/version", "versions", "list_stats"],
    ])("%s/all is text, compressed unless told otherwise", async (path, member, name) => {
      const plain = await call("GET", `${path}/all`, undefined, { "compressed-response": "false" });
      const text = plain.json.data as string;
      const names = (JSON.parse(text)[member] as { name: string }[]).map((each) => each.name);
      expect(names).toContain(name);
      const packed = (await call("GET", `${path}/all`)).json.data as string;
      expect(inflateRawSync(Buffer.from(packed, "base64")).toString()).toBe(text);
      const updated = async (ms: number): Promise<string> => {
        const headers = { "compressed-response": "false" };
        const url = `${path}/all-updated?timestamp=${ms}`;
        return (await call("GET", url, undefined, headers)).json.data as string;
      };
      expect(await updated(0)).toBe(text);
      expect(await updated(Date.now() + 3_600_000)).toBe(JSON.stringify({ [member]: [] }));
      expect((await call("GET", `${path}/all-updated`)).failure.code).toBe("INVALID_REQUEST");
    });
  });

  describe("runs", () => {
    test("the last five come back digit by digit, newest first; a repeated one is refused", async () => {
      await call("POST", "/entity", entityBody("run_users"));
      await call("POST", "/feature-group", groupBody("run_stats", "run_users"));
      const run = (runId: string): string =>
        `{"name":"run_stats","version":"v1","runId":"${runId}","timeTaken":7,"count":9007199254740993,"sampleData":[{"x":1.50}],"errorMessage":"","status":"SUCCESS"}`;
      for (let index = 0; index < 7; index += 1) {
        const answer = await call("POST", "/feature-group/run-data?", run(`run-${index}`));
        expect(answer.text).toBe(`{"data":${run(`run-${index}`)}}`);
      }
      const shown = await call("GET", "/feature-group/run-data?name=run_stats");
      expect(shown.json.data).toHaveLength(5);
      expect(shown.text).toContain('"count":9007199254740993');
      expect(shown.text).toContain('"sampleData":[{"x":1.50}]');
      expect(shown.text).toMatch(/"timestamp":\d{10}\b/);
      const repeated = await call("POST", "/feature-group/run-data", run("run-0"));
      expect(repeated.failure).toMatchObject({ status: 400, code: "METASTORE-RUN-EXCEPTION" });
      const little = { name: "run_stats", runId: "little", status: "FAILED" };
      expect((await call("POST", "/feature-group/run-data", little)).status).toBe(200);
      const { failure } = await call("POST", "/feature-group/run-data", { name: "run_stats" });
      expect(failure).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    });
  });

  describe("search", () => {
    beforeAll(async () => {
      const owner = { owner: "bob@example.org", tags: ["one", "two_x"] };
      await call("POST", "/entity", entityBody("search_b100x", {}, owner));
      await call("POST", "/entity", entityBody("search_a100_y", {}, { tags: ["one"] }));
      await call("POST", "/feature-group", groupBody("search_fg", "search_b100x", {}, owner));
    });

    const names = async (url: string, body: object, member: string): Promise<unknown> =>
      ((await call("GET", url, body)).data[member] as { name: string }[]).map(({ name }) => name);
    const entities = (body: object, query = ""): Promise<unknown> =>
      names(`/search/entities${query}`, body, "entities");

    test("the pattern is a part of the name or of a column, without wildcards", async () => {
      expect(await entities({ searchPattern: "rch_" })).toEqual(["search_a100_y", "search_b100x"]);
      expect(await entities({ searchPattern: "100_" })).toEqual(["search_a100_y"]);
      expect(await entities({ searchPattern: "%100" })).toEqual([]);
      expect(await entities({ searchPattern: "ountr", tags: ["two_x"] })).toEqual(["search_b100x"]);
      const groups = { searchPattern: "BADG", owners: ["bob@example.org"] };
      expect(await names("/search/feature-groups", groups, "featureGroups")).toEqual(["search_fg"]);
    });

    test("all tags, one of the owners, and pages", async () => {
      expect(await entities({ tags: ["one", "two_x"] })).toEqual(["search_b100x"]);
      const owners = ["bob@example.org", "nobody@example.org"];
      expect(await entities({ tags: ["one"], owners })).toEqual(["search_b100x"]);
      expect(await entities({ tags: ["one"] }, "?page-size=1&page-offset=1")).toEqual([
        "search_b100x",
      ]);
    });

    test("an empty pattern finds everything; no criterion is refused", async () => {
      const all = (await entities({ searchPattern: "" }, "?page-size=1000")) as string[];
      expect(all).toEqual(expect.arrayContaining(["search_b100x", "search_a100_y"]));
      for (const path of ["/search/entities", "/search/feature-groups"]) {
        const { failure } = await call("GET", path, {});
        const code = "SEARCH-ENTITY-REQUEST-EXCEPTION";
        expect(failure).toMatchObject({ ...REQUEST, code });
      }
    });

    test("owners and tags are listed", async () => {
      const list = async (what: string) => (await call("GET", `/search/all-${what}`)).data;
      expect(await list("entity-owners")).toMatchObject({
        owners: expect.arrayContaining(["bob@example.org", OWNER]),
      });
      expect(await list("feature-group-owners")).toMatchObject({
        owners: expect.arrayContaining(["bob@example.org"]),
      });
      expect(await list("entity-tags")).toMatchObject({ tags: expect.arrayContaining(["two_x"]) });
      expect(await list("feature-group-tags")).toMatchObject({
        tags: expect.arrayContaining(["two_x"]),
      });
    });
  });
}
