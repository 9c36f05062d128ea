import { describe, expect, test } from "vitest";
import { BULK, NAMES, PARTITION, READ, readOf, type WorldOf, WRITE, writeOf } from "./row-world.ts";

/** What writing rows does, whatever the store. */
export function writeContract(world: WorldOf): void {
  describe("writing", () => {
    test("the published example: rows that fit and rows that do not, then a read", async () => {
      const { ask, newId } = world();
      const [id, other] = [newId(), newId()];
      const rows = [
        [id, 2024, 12, "gold"],
        [other, "x", 3, "tin"],
      ];
      const written = await ask("POST", WRITE, writeOf(rows));
      expect(written.status).toBe(200);
      expect(written.headers["content-type"]).toBe("application/json");
      expect(written.text).toBe(
        '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2","featureColumns":["user_id","season","wins","badge"],' +
          `"successfulRows":[[${id},2024,12,"gold"]],"failedRows":[[${other},"x",3,"tin"]]}}`,
      );
      const keys = [
        [id, 2024],
        [other, 2024],
      ];
      const read = await ask("GET", READ, readOf(keys));
      expect(read.status).toBe(200);
      expect(read.text).toBe(
        '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2",' +
          `"successfulKeys":[{"key":[${id},2024],"features":["gold",${id}]}],"failedKeys":[[${other},2024]]}}`,
      );
    });

    test("values are echoed by their tokens", async () => {
      const { ask, newId } = world();
      const id = newId();
      const values = `[[7.0e1,1,9007199254740993,"a"],["${id}",1,1e3,"\\u0041"],["${id}",2,"9007199254740993",""]]`;
      const body = `{"featureGroupName":"user_stats","features":{"names":${JSON.stringify(NAMES)},"values":${values}}}`;
      const { text } = await ask("POST", WRITE, body);
      expect(text).toContain(
        `"successfulRows":[["${id}",2,"9007199254740993",""]],"failedRows":[[7.0e1,1,9007199254740993,"a"],["${id}",1,1e3,"A"]]`,
      );
    });

    test("what is not among the names keeps its value; versions do not see each other's", async () => {
      const { ask, newId } = world();
      const id = newId();
      const write = (names: string[], row: unknown[], featureGroupVersion: string) =>
        ask("POST", WRITE, {
          featureGroupName: "user_stats",
          featureGroupVersion,
          features: { names, values: [row] },
        });
      await write(NAMES, [id, 1, 5, "gold"], "v2");
      await write(["wins", "season", "user_id"], [6, 1, id], "v2");
      await write(["season", "user_id", "badge", "country"], [1, id, "tin", "NZ"], "v1");
      const read = async (featureGroupVersion: string) => {
        const featureColumns = ["wins", "badge", "country"];
        const body = readOf([[id, 1]], { featureGroupVersion, featureColumns });
        return (await ask("GET", READ, body)).json.data.successfulKeys[0].features;
      };
      expect(await read("v2")).toEqual([6, "gold", "NZ"]);
      expect(await read("v1")).toEqual([null, "tin", "NZ"]);
    });

    test("of rows with equal keys the last wins, and each is reported in its order", async () => {
      const { ask, newId } = world();
      const [id, other] = [newId(), newId()];
      const rows = [
        [id, 1, 1, "first"],
        [other, 1, 1, "x"],
        [id, 1, null, "bad"],
        [id, 1, 2, "last"],
        [other, 2, "y", "bad"],
      ];
      const { json } = await ask("POST", WRITE, writeOf(rows));
      expect(json.data.successfulRows).toEqual([rows[0], rows[1], rows[3]]);
      expect(json.data.failedRows).toEqual([rows[2], rows[4]]);
      const { data } = (await ask("GET", READ, readOf([[id, 1]]))).json;
      expect(data.successfulKeys).toEqual([{ key: [id, 1], features: ["last", id] }]);
    });

    test("all rows failing is still 200, and nothing is written", async () => {
      const { ask, newId } = world();
      const id = newId();
      const rows = [
        [id, 1, 1.5, "a"],
        [id, 1, 1, null],
        [id, 1, 1, 7],
      ];
      const { status, json } = await ask("POST", WRITE, writeOf(rows));
      expect([status, json.data.successfulRows, json.data.failedRows]).toEqual([200, [], rows]);
      expect((await ask("GET", READ, readOf([[id, 1]]))).json.data.failedKeys).toEqual([[id, 1]]);
    });

    test("keys that no store can have fail by themselves: an empty first one, one that is too long", async () => {
      const { ask, newId } = world();
      const place = `p${newId()}`;
      const names = ["Place", "Day", "Slot", "Count"];
      const long = "x".repeat(65_536);
      const longest = "y".repeat(65_535);
      const values = [
        ["", 1, 1.5, 1],
        [place, 1, 1.5, 1],
        [long, 1, 1.5, 1],
        [longest, 1, 1.5, 1],
      ];
      const body = { featureGroupName: "visits", features: { names, values } };
      const { json } = await ask("POST", WRITE, body);
      expect(json.data.failedRows).toEqual([values[0], values[2]]);
      expect(json.data.successfulRows).toEqual([values[1], values[3]]);
      const read = await ask("GET", READ, {
        featureGroupName: "visits",
        featureColumns: ["Count"],
        primaryKeys: { names: ["Place"], values: [[""], [place], [long], [longest]] },
      });
      expect(read.json.data.failedKeys).toEqual([[""], [long]]);
      expect(read.json.data.successfulKeys).toHaveLength(2);
    });

    test("a row without features exists", async () => {
      const { ask, newId } = world();
      const id = newId();
      const features = { names: ["user_id", "season"], values: [[id, 3]] };
      await ask("POST", WRITE, writeOf([], { features }));
      const featureColumns = ["season"];
      const keys = [
        [id, 3],
        [id, 4],
      ];
      const { data } = (await ask("GET", READ, readOf(keys, { featureColumns }))).json;
      expect(data.successfulKeys).toEqual([{ key: [id, 3], features: [3] }]);
      expect(data.failedKeys).toEqual([[id, 4]]);
      const partition = { featureColumns, partitionKey: { names: ["user_id"], values: [id] } };
      const all = await ask("GET", PARTITION, { featureGroupName: "user_stats", ...partition });
      expect(all.json.data.features).toEqual([[3]]);
    });

    test("the time of the write may be given, but not in the future", async () => {
      const { ask, newId } = world();
      const id = newId();
      await ask("POST", WRITE, writeOf([[id, 1, 1, "now"]]));
      const old = writeOf([[id, 1, 2, "old"]], { writeTimestamp: 1_000_000 });
      expect((await ask("POST", WRITE, old)).json.data.successfulRows).toHaveLength(1);
      const { json } = await ask("GET", READ, readOf([[id, 1]]));
      expect(json.data.successfulKeys[0].features).toEqual(["now", id]);
    });

    test("batches fail by themselves, in order, echoed as they were sent", async () => {
      const { ask, newId } = world();
      const [id, other] = [newId(), newId()];
      const incomplete = { featureGroupName: "user_stats", Odd: 1.5 };
      const unknown = writeOf([[id, 1, 1, "a"]], { featureGroupName: "nope" });
      const archived = writeOf([[id, 1, 1, "a"]], { featureGroupName: "old_stats" });
      const short = writeOf([[id]]);
      const first = writeOf([[id, 1, 1, "a"]], { runId: "r" });
      const last = writeOf([[other, 1, 1, "b"]], { featureGroupVersion: "v1" });
      const batches = [first, unknown, archived, incomplete, short, last];
      const { status, json } = await ask("POST", BULK, { batches });
      expect(status).toBe(200);
      const head = { featureGroupName: "user_stats", featureColumns: NAMES, failedRows: [] };
      expect(json.data).toEqual({
        batches: [
          { ...head, featureGroupVersion: "v2", successfulRows: first.features.values },
          { ...head, featureGroupVersion: "v1", successfulRows: last.features.values },
        ],
        failedBatches: [
          { error: "feature group not found", batch: unknown },
          { error: "feature group is archived", batch: archived },
          { error: "invalid request", batch: incomplete },
          { error: "invalid feature group schema", batch: short },
        ],
      });
      const failed = await ask("POST", BULK, { batches: [unknown] });
      expect([failed.status, failed.json.data.batches]).toEqual([200, []]);
    });

    test("of batches with equal keys the last wins", async () => {
      const { ask, newId } = world();
      const id = newId();
      const batches = Array.from({ length: 12 }, (_, at) => writeOf([[id, 1, at, `b${at}`]]));
      await ask("POST", BULK, { batches });
      const { json } = await ask("GET", READ, readOf([[id, 1]]));
      expect(json.data.successfulKeys[0].features).toEqual(["b11", id]);
    });
  });
}
