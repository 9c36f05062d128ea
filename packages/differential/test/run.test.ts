import {
  Explainer,
  type Explanation,
  renderTally,
  runDifferential,
  type Tally,
} from "@ofs/differential";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { modelsOfTree } from "./support/entities.ts";
import {
  type FakeBehaviour,
  type FakeServer,
  resultOf,
  startFakeServer,
} from "./support/fake-server.ts";

const TREE = {
  "storage/stores/1": '{"db-type":"embedded"}',
  ...entityTree("user", ["id"], {
    scores: { id: 0, type: "FP32", versions: [{ a: {}, b: {} }] },
    counts: { id: 1, type: "Int32", versions: [{ n: {}, m: {} }] },
  }),
};
const entities = modelsOfTree(TREE);

const open: FakeServer[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function run(
  right: FakeBehaviour,
  list: readonly Explanation[] = [],
  writes = false,
): Promise<Tally> {
  const servers = [await startFakeServer(), await startFakeServer(right)] as const;
  open.push(...servers);
  return runDifferential({
    left: servers[0].target,
    right: servers[1].target,
    entities,
    explainer: new Explainer(list, "right"),
    requestCount: 100,
    seed: 7,
    writes,
    keysPerEntity: 20,
  });
}

/** Answers as the other does, with a change to a column of one feature. */
function changed(label: string, bytes: Buffer): FakeBehaviour {
  return {
    retrieve: (query) => {
      const labels = query.featureGroups.flatMap(({ featureLabels }) => featureLabels ?? []);
      const result = resultOf(query);
      for (const { columns } of result.rows ?? []) {
        for (const [index] of labels.entries()) {
          if (labels[index] === label && columns) columns[index] = bytes;
        }
      }
      return result;
    },
  };
}

const explanation = (part: Partial<Explanation>): Explanation => ({
  id: "test",
  about: ["column"],
  reason: "of this test",
  explains: () => true,
  ...part,
});

describe("two servers that answer alike", () => {
  it("are equal, also in their writes", async () => {
    const tally = await run({}, [], true);
    expect(tally).toMatchObject({ explainedCount: 0, unexplainedCount: 0 });
    expect(tally.equalCount).toBe(101);
  });
});

describe("a server that answers otherwise", () => {
  it("in one column is found, with a small example", async () => {
    const tally = await run(changed("b", Buffer.from([1, 0, 0, 0])));
    expect(tally.unexplainedCount).toBeGreaterThan(0);
    const example = tally.kinds.get("RetrieveFeatures: column DataTypeFP32")?.example;
    expect(example?.each).toMatchObject({
      query: { featureGroups: [{ label: "scores", featureLabels: ["b"] }], keys: [{}] },
    });
    expect(example?.differences).toMatchObject([{ where: "rows[0].columns[0]" }]);
    expect(renderTally(tally)).toContain("rows[0].columns[0]: 00000000 | 01000000");
  });

  it.each<[string, FakeBehaviour, string]>([
    ["with another code", { persist: () => ({ code: 13, message: "no" }) }, "status"],
    [
      "with a trailer",
      { retrieve: (q) => ({ trailers: { "ofs-x": "1" }, response: bytesOf(q) }) },
      "trailer",
    ],
    ["with rows in another order", { retrieve: reversed }, "row-order"],
    ["with a row too many", { retrieve: doubled }, "row-count"],
    ["with another schema", { retrieve: (q) => ({ ...resultOf(q), keysSchema: ["x"] }) }, "schema"],
    ["with other texts", { decoded: otherTexts }, "text"],
    [
      "with bytes that are no message",
      { retrieve: () => ({ response: Buffer.from("ff", "hex") }) },
      "undecodable",
    ],
  ])("%s is found", async (_, behaviour, aspect) => {
    const tally = await run(behaviour, [], true);
    expect(tally.unexplainedCount).toBeGreaterThan(0);
    expect([...tally.kinds.keys()].some((kind) => kind.includes(`: ${aspect}`))).toBe(true);
  });
});

describe("explanations", () => {
  const different = changed("b", Buffer.from([1, 0, 0, 0]));

  it("that fit are counted by their id", async () => {
    const tally = await run(different, [explanation({})]);
    expect(tally.unexplainedCount).toBe(0);
    expect(tally.explainedCount).toBeGreaterThan(0);
    expect(tally.byExplanation.get("test")).toBe(tally.explainedCount);
    expect(renderTally(tally)).toMatch(/explained +\d+\n +\d+ {2}test\nunexplained {2}0/);
  });

  it.each<[string, Partial<Explanation>]>([
    ["of other aspects", { about: ["status", "text"] }],
    ["of nothing that can be seen", { about: [] }],
    ["of other calls", { methods: ["PersistFeatures"] }],
    ["that do not recognise it", { explains: () => false }],
  ])("%s explain nothing", async (_, part) => {
    const tally = await run(different, [explanation(part)]);
    expect(tally.explainedCount).toBe(0);
    expect(tally.unexplainedCount).toBeGreaterThan(0);
  });

  it("see which side is which", async () => {
    const seen = new Set<string>();
    const note = explanation({
      explains: ({ ourValue, theirValue }) => {
        seen.add([ourValue, theirValue].map((each) => Buffer.from(each).toString("hex")).join(" "));
        return true;
      },
    });
    await run(different, [note]);
    expect([...seen]).toEqual(["00000000 01000000"]);
  });

  it("have one id each", () => {
    expect(() => new Explainer([explanation({}), explanation({})], "left")).toThrow("one id");
  });
});

function bytesOf(query: retrieve.Query): Uint8Array {
  return retrieve.Result.encode(resultOf(query)).finish();
}

function reversed(query: retrieve.Query): retrieve.IResult {
  const result = resultOf(query);
  return { ...result, rows: result.rows?.toReversed() ?? [] };
}

function doubled(query: retrieve.Query): retrieve.IResult {
  const result = resultOf(query);
  return { ...result, rows: [...(result.rows ?? []), ...(result.rows ?? [])] };
}

function otherTexts(query: retrieve.Query): retrieve.IDecodedResult {
  return {
    keysSchema: query.keysSchema,
    rows: query.keys.map(({ cols }) => ({
      keys: cols ?? [],
      columns: query.featureGroups.flatMap(({ featureLabels }) =>
        (featureLabels ?? []).map(() => "1"),
      ),
    })),
  };
}
