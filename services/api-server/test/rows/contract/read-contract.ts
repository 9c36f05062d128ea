import { describe, expect, test } from "vitest";
import { ask as askPort } from "../support/row-server.ts";
import {
  BULK,
  MULTI,
  PARTITION,
  partitionOf,
  READ,
  type RowWorld,
  readOf,
  type WorldOf,
  WRITE,
  writeOf,
} from "./row-world.ts";

/** Rows of three keys; the middle one orders by number, the last by scale-free value. */
async function putVisits({ ask, newId }: RowWorld): Promise<string> {
  const place = `p${newId()}`;
  const names = ["Slot", "Day", "Place", "Count", "note"];
  const text = `[[1.50,10,"${place}",1,"a"],[-2,10,"${place}",2,"b"],[1,-3,"${place}",3,"c"]]`;
  const body = `{"featureGroupName":"visits","features":{"names":${JSON.stringify(names)},"values":${text}}}`;
  expect((await ask("POST", WRITE, body)).json.data.failedRows).toEqual([]);
  return place;
}

function visitsOf(names: string[], values: unknown[][], featureColumns = ["Count"]) {
  return { featureGroupName: "visits", featureColumns, primaryKeys: { names, values } };
}

/** What reading rows does, whatever the store. */
export function readContract(world: WorldOf): void {
  describe("reading by keys", () => {
    test("by GET and POST, with and without a slash, any content type, by all names, on both ports", async () => {
      const { ask, newId, mainPort } = world();
      const [id, other] = [newId(), newId()];
      await ask("POST", "/v1/feature-group/write?", writeOf([[id, 1, 1, "a"]]));
      const batches = [writeOf([[other, 1, 1, "b"]])];
      await ask("POST", "/v1/feature-group/batch-write/", { batches });
      const keys = [
        [id, 1],
        [other, 1],
      ];
      const expected = [
        { key: [id, 1], features: ["a", id] },
        { key: [other, 1], features: ["b", other] },
      ];
      const paths = [READ, `${READ}/`, `${READ}?`, "/v1/feature-group/read"];
      const types = [undefined, "application/x-www-form-urlencoded", "text/plain"];
      const ways = paths.flatMap((path) => types.map((type) => [path, type] as const));
      for (const [path, type] of ways) {
        for (const method of ["GET", "POST"]) {
          const headers = type === undefined ? undefined : { "content-type": type };
          const { status, json } = await ask(method, path, readOf(keys), headers);
          expect([status, json.data.successfulKeys]).toEqual([200, expected]);
        }
      }
      const main = await askPort(mainPort, "GET", READ, readOf(keys));
      expect(main.json.data.successfulKeys).toEqual(expected);
    });

    test("names of members match in any case, and unknown ones are ignored", async () => {
      const { ask, newId } = world();
      const id = newId();
      const { features, featureGroupName } = writeOf([[id, 1, 1, "a"]]);
      const body = {
        FEATUREGROUPNAME: featureGroupName,
        featuregroupversion: "v1",
        Features: { Names: features.names, VALUES: features.values, more: 1 },
        runId: "run-1",
        more: {},
      };
      const written = await ask("POST", WRITE, body);
      expect(written.json.data).toMatchObject({ featureGroupVersion: "v1", failedRows: [] });
      const asked = readOf([[id, 1]], { FeatureGroupVersion: "v1", x: [] });
      expect((await ask("GET", READ, asked)).json.data.successfulKeys).toHaveLength(1);
    });

    test("found keys in their order; failed ones: first those that are none, then those without a row", async () => {
      const { ask, newId } = world();
      const [id, absent] = [newId(), newId()];
      await ask(
        "POST",
        WRITE,
        writeOf([
          [id, 1, 1, "a"],
          [id, 2, 2, "b"],
        ]),
      );
      const keys = [
        [absent, 1],
        [id, 2],
        [id, "x"],
        [id, null],
        [id, 1],
        [absent, 0],
        [id, "2"],
        [id, 2],
      ];
      const { data } = (await ask("GET", READ, readOf(keys))).json;
      expect(data.successfulKeys.map(({ key }: { key: unknown }) => key)).toEqual([
        [id, 2],
        [id, 1],
        [id, "2"],
        [id, 2],
      ]);
      expect(data.failedKeys).toEqual([
        [id, "x"],
        [id, null],
        [absent, 1],
        [absent, 0],
      ]);
    });

    test("features come in the order asked for; a key fails where all that is asked of it is null", async () => {
      const { ask, newId } = world();
      const id = newId();
      const features = { names: ["badge", "season", "user_id"], values: [["a", 1, id]] };
      await ask("POST", WRITE, writeOf([], { features }));
      const read = async (...featureColumns: string[]) => {
        const { data } = (await ask("GET", READ, readOf([[id, 1]], { featureColumns }))).json;
        return data.successfulKeys[0]?.features;
      };
      expect(await read("season", "wins", "badge", "country")).toEqual([1, null, "a", null]);
      expect(await read("wins")).toBeUndefined();
      expect(await read("wins", "season", "country")).toBeUndefined();
      expect(await read("season", "user_id")).toEqual([1, id]);
    });

    test("the first keys may do, in any order: the first row below them", async () => {
      const row = world();
      const place = await putVisits(row);
      const first = async (names: string[], values: unknown[]) => {
        const { json } = await row.ask("GET", READ, visitsOf(names, [values], ["Slot", "Count"]));
        return json.data?.successfulKeys[0]?.features ?? json.error?.code;
      };
      expect(await first(["Place"], [place])).toEqual([1, 3]);
      expect(await first(["Day", "Place"], [10, place])).toEqual([-2, 2]);
      expect(await first(["Slot", "Place", "Day"], [1.5, place, 10])).toEqual([1.5, 1]);
      const code = "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION";
      expect(await first(["Day"], [10])).toBe(code);
      expect(await first(["Place", "Slot"], [place, 1])).toBe(code);
      expect(await first(["Place", "Place"], [place, place])).toBe(code);
      expect(await first(["Place", "Count"], [place, 1])).toBe(code);
    });

    test("many keys in one request, each with its row", async () => {
      const { ask, newId } = world();
      const ids = Array.from({ length: 300 }, newId);
      await ask("POST", WRITE, writeOf(ids.map((id) => [id, 1, id, `b${id}`])));
      const { data } = (await ask("GET", READ, readOf(ids.map((id) => [id, 1])))).json;
      expect(data.failedKeys).toEqual([]);
      expect(data.successfulKeys).toEqual(
        ids.map((id) => ({ key: [id, 1], features: [`b${id}`, id] })),
      );
    });
  });

  describe("reading several groups in one", () => {
    test("each by itself, in the order of the batches", async () => {
      const { ask, newId } = world();
      const id = newId();
      await ask("POST", BULK, { batches: [writeOf([[id, 1, 1, "a"]])] });
      const archived = { featureGroupName: "old_stats", featureGroupVersion: "v1" };
      const keys = [[id, 1]];
      const batches = [
        readOf(keys, archived),
        readOf(keys),
        readOf(keys, { featureColumns: ["x"] }),
        readOf(keys, { featureGroupName: "nope", featureGroupVersion: null }),
        readOf(keys, { featureGroupVersion: "v1" }),
        readOf(keys, { featureGroupVersion: "v9" }),
      ];
      const { status, json } = await ask("GET", MULTI, { Batches: batches });
      expect(status).toBe(200);
      const head = { featureGroupName: "user_stats" };
      expect(json).toEqual({
        data: [
          { ...archived, error: "feature group is archived" },
          {
            ...head,
            featureGroupVersion: "v2",
            successfulKeys: [{ key: [id, 1], features: ["a", id] }],
            failedKeys: [],
          },
          { ...head, error: "invalid feature group schema" },
          { featureGroupName: "nope", error: "feature group not found" },
          { ...head, featureGroupVersion: "v1", successfulKeys: [], failedKeys: keys },
          { ...head, featureGroupVersion: "v9", error: "feature group not found" },
        ],
      });
    });
  });

  describe("reading a partition", () => {
    test("all rows, in the order of the keys, columns as asked for, by both names", async () => {
      const row = world();
      const id = row.newId();
      const rows = [
        [id, 2, 5, "a"],
        [id, -7, 9007199254740, "b"],
        [row.newId(), 1, 1, "c"],
      ];
      await row.ask("POST", WRITE, writeOf(rows));
      for (const path of [PARTITION, `${PARTITION}/`, "/v1/feature-group/partition/read"]) {
        for (const method of ["GET", "POST"]) {
          const { status, text, headers } = await row.ask(method, path, partitionOf([id]));
          expect(status).toBe(200);
          expect(headers["content-type"]).toBe("application/json");
          expect(text).toBe(
            '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2","features":[[-7,9007199254740],[2,5]]}}',
          );
        }
      }
    });

    test("rows without any of what is asked are left out; none, or a key that is none, is an empty list", async () => {
      const { ask, newId } = world();
      const id = newId();
      const features = { names: ["user_id", "season", "badge"], values: [[id, 1, "only"]] };
      await ask("POST", WRITE, writeOf([], { features }));
      await ask("POST", WRITE, writeOf([[id, 2, 5, "a"]]));
      const rowsOf = async (values: unknown[], extra?: object) => {
        const { status, json } = await ask("GET", PARTITION, partitionOf(values, extra));
        expect(status).toBe(200);
        return json.data.features;
      };
      expect(await rowsOf([id])).toEqual([[2, 5]]);
      expect(await rowsOf([id], { featureColumns: ["badge", "wins"] })).toEqual([
        ["only", null],
        ["a", 5],
      ]);
      expect(await rowsOf([newId()])).toEqual([]);
      expect(await rowsOf(["x"])).toEqual([]);
      expect(await rowsOf([null])).toEqual([]);
    });

    test("of a table with several keys: below as many of the first ones as are given", async () => {
      const row = world();
      const place = await putVisits(row);
      const rowsOf = async (names: string[], values: unknown[]) => {
        const { json } = await row.ask("GET", PARTITION, {
          featureGroupName: "visits",
          featureColumns: ["Count", "Slot"],
          partitionKey: { names, values },
        });
        return json.data?.features ?? json.error.code;
      };
      expect(await rowsOf(["Place"], [place])).toEqual([
        [3, 1],
        [2, -2],
        [1, 1.5],
      ]);
      expect(await rowsOf(["Day", "Place"], [10, place])).toEqual([
        [2, -2],
        [1, 1.5],
      ]);
      expect(await rowsOf(["Place", "Day", "Slot"], [place, 10, -2])).toEqual([[2, -2]]);
      expect(await rowsOf(["Place", "Slot"], [place, 1])).toBe(
        "FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION",
      );
    });
  });
}
