import {
  type ColumnType,
  checkGroupColumns,
  type GroupMetadata,
  parseEntityRequest,
  parseGroupRequest,
  parseJson,
  parseStateRequest,
  parseTenantRequest,
  parseTtlRequest,
  planVersion,
  RowError,
} from "@ofs/rows";
import { describe, expect, it } from "vitest";
import { column, entity, group } from "../support/definitions.ts";

/** The error that an act throws, as clients see it. */
function errorOf(act: () => unknown): {
  code: string;
  status: number;
  message: string;
  cause: string;
} {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    const { cause, code, message, status } = error;
    return { code, status, message, cause };
  }
  throw new Error("nothing was thrown");
}

const json = (value: unknown) => parseJson(JSON.stringify(value));

const COLUMN = { name: "id", type: "BIGINT" };
const ENTITY = { tableName: "user", features: [COLUMN], primaryKeys: ["id"] };
const GROUP = {
  featureGroupName: "stats",
  entityName: "user",
  features: [{ name: "a", type: "INT" }],
};
const OWNER = "some.one+x@team.example.com";

const entityRequest = (change: object, owner: unknown = OWNER) =>
  json({ entity: { ...ENTITY, ...change }, owner });
const groupRequest = (change: object, owner: unknown = OWNER) =>
  json({ featureGroup: { ...GROUP, ...change }, owner });

describe("parseEntityRequest", () => {
  it("fills in what is left out, with names in any case", () => {
    expect(
      parseEntityRequest(
        json({ ENTITY: { ...ENTITY, TTL: "60", more: 1 }, Owner: OWNER, tags: null }),
      ),
    ).toEqual({
      entity: {
        tableName: "user",
        features: [column("id", "BIGINT")],
        primaryKeys: ["id"],
        ttl: 60,
      },
      owner: OWNER,
      tags: [],
      description: "",
    });
    expect(parseEntityRequest(entityRequest({})).entity).not.toHaveProperty("ttl");
  });

  const requestError = {
    code: "ENTITY-REGISTRATION-REQUEST-EXCEPTION",
    status: 400,
    message: "invalid request",
    cause: "invalid request",
  };

  it.each([
    json({ owner: OWNER }),
    json({ entity: ENTITY }),
    entityRequest({ tableName: null }),
    entityRequest({ features: [] }),
    entityRequest({ features: undefined }),
    entityRequest({ primaryKeys: [] }),
    entityRequest({ features: [{ type: "INT" }] }),
    ...["", "x", "a@b", "a@b.c", "a@b.abcdefgh", "a b@c.de", ".a@b.de", "a..b@c.de"].map((owner) =>
      entityRequest({}, owner),
    ),
  ])("refuses what is missing: %j", (request) => {
    expect(errorOf(() => parseEntityRequest(request))).toEqual(requestError);
  });

  it.each([
    [json([]), "the body is not an object"],
    [entityRequest({ features: 1 }), "entity.features is not a list"],
    [entityRequest({ features: [1] }), "entity.features[0] is not an object"],
    [
      entityRequest({ features: [{ name: "id", type: "int" }] }),
      'entity.features[0].type "int" is none of ASCII',
    ],
    [entityRequest({ tableName: 5 }), "entity.tableName is not text"],
    [entityRequest({ primaryKeys: ["id", 1] }), "entity.primaryKeys[1] is not text"],
    [entityRequest({ ttl: 1.5 }), "entity.ttl is not an integer"],
    [entityRequest({ ttl: -1 }), "ttl: 0 to 630720000 seconds"],
    [entityRequest({ ttl: 630_720_001 }), "ttl: 0 to 630720000 seconds"],
  ])("tells what cannot be read: %j", (request, cause) => {
    const error = errorOf(() => parseEntityRequest(request));
    expect(error).toMatchObject({ ...requestError, cause: expect.stringContaining(cause) });
  });

  it.each([
    entityRequest({ tableName: "u".repeat(49) }),
    entityRequest({ tableName: "1user" }),
    entityRequest({ tableName: 'user"; drop' }),
    entityRequest({ features: [COLUMN, { name: "ID", type: "INT" }] }),
    entityRequest({ features: [COLUMN, { name: "a-b", type: "INT" }] }),
    entityRequest({ primaryKeys: ["id", "id"] }),
    entityRequest({ primaryKeys: ["ID"] }),
  ])("checks the schema after that: %j", (request) => {
    expect(errorOf(() => parseEntityRequest(request))).toMatchObject({
      code: "ENTITY-SCHEMA-VALIDATION-EXCEPTION",
      message: "invalid entity schema",
    });
    const ownerless = { ...(request as object), owner: "nobody" } as typeof request;
    expect(errorOf(() => parseEntityRequest(ownerless)).code).toBe(requestError.code);
  });
});

describe("parseGroupRequest", () => {
  it("fills in what is left out", () => {
    expect(parseGroupRequest(groupRequest({}))).toEqual({
      featureGroup: {
        featureGroupName: "stats",
        versionEnabled: true,
        featureGroupType: "ONLINE",
        entityName: "user",
        features: [column("a", "INT")],
      },
      owner: OWNER,
      tags: [],
      description: "",
    });
  });

  it.each([
    groupRequest({ featureGroupName: "" }),
    groupRequest({ entityName: undefined }),
    groupRequest({ features: [] }),
    groupRequest({ featureGroupName: "a b" }),
    groupRequest({ featureGroupName: "a".repeat(201) }),
    groupRequest({ featureGroupType: "online" }),
    groupRequest({ versionEnabled: "yes" }),
    groupRequest({}, "nobody"),
    json({}),
  ])("refuses %j", (request) => {
    expect(errorOf(() => parseGroupRequest(request))).toMatchObject({
      code: "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION",
      status: 400,
      message: "invalid request",
    });
  });
});

describe("planVersion", () => {
  const stored = (version: string, versionEnabled = true): GroupMetadata =>
    group("stats", version, { versionEnabled });

  it("counts on", () => {
    expect(planVersion(undefined, false)).toBe("v1");
    expect(planVersion(undefined, true)).toBe("v1");
    expect(planVersion(stored("v9"), true)).toBe("v10");
  });

  it("refuses a name that is taken, and versions where there are none", () => {
    const code = (act: () => unknown): string => errorOf(act).code;
    expect(code(() => planVersion(stored("v1"), false))).toBe(
      "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION",
    );
    expect(code(() => planVersion(stored("v1", false), true))).toBe(
      "VERSIONING-DISABLED-EXCEPTION",
    );
    expect(code(() => planVersion(stored("newest"), true))).toBe("DarwinOfsV2-UNKNOWN-EXCEPTION");
  });
});

describe("checkGroupColumns", () => {
  const user = entity("user").entity;
  const check = (names: readonly string[], others: readonly GroupMetadata[] = []): void => {
    const type: ColumnType = "INT";
    const { featureGroup } = group("a", "v1", { columns: names.map((name) => column(name, type)) });
    checkGroupColumns(featureGroup, "v1", user, others);
  };

  it("takes names that nobody has", () => {
    const unversioned = group("a__v1", "v1", {
      versionEnabled: false,
      columns: [column("d", "INT")],
    });
    expect(() => check(["c", "c2"], [unversioned, group("b", "v1")])).not.toThrow();
  });

  it.each([
    [["c", "C"]],
    [["Season"]],
    [["a__b"]],
    [["1c"]],
    [["c d"]],
    [["é"]],
    [["c".repeat(201)]],
  ])("refuses %j", (names) => {
    expect(errorOf(() => check(names)).code).toBe("FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION");
  });

  it("refuses a storage name that another feature group has", () => {
    const unversioned = group("A__V1", "v1", {
      versionEnabled: false,
      columns: [column("c", "INT")],
    });
    expect(errorOf(() => check(["C"], [unversioned]))).toEqual({
      code: "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION",
      status: 400,
      message:
        "either columns with feature names already in the entity table or duplicates in feature column names",
      cause:
        "either columns with feature names already in the entity table or duplicates in feature column names",
    });
  });
});

describe("small requests", () => {
  it("reads states", () => {
    expect(parseStateRequest(json({ State: "ARCHIVED" }))).toBe("ARCHIVED");
    expect(errorOf(() => parseStateRequest(json({})))).toEqual({
      code: "INVALID_REQUEST",
      status: 400,
      message: "state is missing",
      cause: "Constraint Violation",
    });
    expect(errorOf(() => parseStateRequest(json({ state: "live" }))).message).toBe(
      'state "live" is none of LIVE, ARCHIVED',
    );
  });

  it("reads times to live", () => {
    expect(parseTtlRequest(json({ name: "a", ttl: "0" }))).toEqual({ name: "a", ttl: 0 });
    expect(parseTtlRequest(json({ name: "a", version: "v2", ttl: 60 }))).toEqual({
      name: "a",
      version: "v2",
      ttl: 60,
    });
    for (const ttl of [undefined, null, -1, 630_720_001, 1.5, "x"]) {
      expect(errorOf(() => parseTtlRequest(json({ name: "a", ttl }))).code).toBe("INVALID_REQUEST");
    }
  });

  it("reads tenants", () => {
    expect(
      parseTenantRequest(json({ featureGroupName: "a", tenantConfig: { read: "t-1" } })),
    ).toEqual({
      featureGroupName: "a",
      tenantConfig: { read: "t-1", write: "default-tenant", consume: "default-tenant" },
    });
    for (const tenantConfig of [undefined, null, { read: "a/b" }, { write: "" }, { consume: 1 }]) {
      const request = json({ featureGroupName: "a", tenantConfig });
      expect(errorOf(() => parseTenantRequest(request)).code).toBe("INVALID_REQUEST");
    }
  });
});
