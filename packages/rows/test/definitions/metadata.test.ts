import {
  DefinitionFault,
  type JsonValue,
  parseConsumerMetadata,
  parseEntityMetadata,
  parseGroupMetadata,
  parseGroupVersion,
  parseJson,
  parsePopulatorMetadata,
} from "@ofs/rows";
import { describe, expect, it } from "vitest";
import { entity, group } from "../support/definitions.ts";

const json = (value: unknown): JsonValue => parseJson(JSON.stringify(value));

describe("stored objects", () => {
  it("are read as they were written", () => {
    const user = entity("user");
    const withTtl = { ...user, entity: { ...user.entity, ttl: 60 } };
    for (const each of [user, withTtl]) expect(parseEntityMetadata(json(each))).toEqual(each);
    const stats = group("stats", "v3", { state: "ARCHIVED", tags: ["a"] });
    expect(parseGroupMetadata(json(stats))).toEqual(stats);
    const version = { name: "stats", latestVersion: "v3", updatedAt: 5 };
    expect(parseGroupVersion(json({ ...version, more: [] }))).toEqual(version);
    const consumer = {
      tenantName: "t",
      topicName: "x",
      numPartitions: 4,
      numConsumers: 2,
      updatedAt: 5,
    };
    expect(parseConsumerMetadata(json(consumer))).toEqual(consumer);
    const populator = { tenantName: "t", numWorkers: 2, updatedAt: 5 };
    expect(parsePopulatorMetadata(json(populator))).toEqual(populator);
  });

  it("of an older database may lack what serving does not need, and have any names", () => {
    const {
      owner: _,
      tags: __,
      description: ___,
      tenant: ____,
      ...stats
    } = group("my stats!", "v1");
    expect(parseGroupMetadata(json(stats))).toMatchObject({
      name: "my stats!",
      owner: "",
      tags: [],
      description: "",
      tenant: { read: "default-tenant", write: "default-tenant", consume: "default-tenant" },
    });
  });

  it.each([
    [{ state: "PENDING" }, 'state "PENDING" is none of LIVE, ARCHIVED'],
    [{ createdAt: "yesterday" }, "createdAt is not an integer"],
    [{ updatedAt: undefined }, "updatedAt is missing"],
    [{ name: "" }, "name is missing"],
    [
      { entity: { ...entity("u").entity, features: [{ name: "a" }] } },
      "entity.features[0].type is missing",
    ],
    [{ entity: 1 }, "entity is not an object"],
    [{ tags: ["a", 1] }, "tags[1] is not text"],
  ])("say what is wrong: %j", (change, message) => {
    const read = () => parseEntityMetadata(json({ ...entity("user"), ...change }));
    expect(read).toThrow(DefinitionFault);
    expect(read).toThrow(message);
  });
});
