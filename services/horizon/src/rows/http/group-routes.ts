import {
  type GroupMetadata,
  parseGroupRequest,
  parseStateRequest,
  parseTenantRequest,
  parseTtlRequest,
  RowError,
  writeJson,
} from "@ofs/rows";
import type { RowAdmin } from "../row-admin.ts";
import { shareList } from "./lists.ts";
import type { RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

const PREFIX = "/feature-group";

/** Feature groups: creation, versions, state, TTL, tenants, topics, single ones and lists. */
export function groupRoutes(admin: RowAdmin): RowRoute[] {
  return [...creations(admin), ...reads(admin), ...changesOf(admin), ...topics(admin)];
}

function creations({ creator }: RowAdmin): RowRoute[] {
  const create = (isRegister: boolean) => async (call: RowCall) => {
    const isUpgrade = call.flagHeader("upgrade", call.flagQuery("upgrade", false));
    const request = parseGroupRequest(call.body ?? null);
    const made = await creator.createGroup(request, { isUpgrade, isRegister });
    return JSON.stringify({ featureGroup: made.featureGroup, version: made.version });
  };
  return [
    { methods: ["POST"], paths: [PREFIX, `/v1${PREFIX}`], handle: create(false) },
    { methods: ["POST"], paths: [`${PREFIX}/register`], handle: create(true) },
  ];
}

function reads(admin: RowAdmin): RowRoute[] {
  const { metastore } = admin;
  const show = async (call: RowCall, name: string): Promise<string> => {
    const { featureGroup, version } = await findGroup(admin, name, call.query("version"));
    return JSON.stringify({ featureGroup, version });
  };
  const schema = (call: RowCall, name: string) => schemaOf(admin, name, call.query("version"));
  return [
    {
      methods: ["GET"],
      paths: [PREFIX],
      handle: (call) => show(call, call.requiredQuery("name")),
    },
    {
      methods: ["GET"],
      paths: [`/v1${PREFIX}/:name`],
      handle: (call) => show(call, call.param("name")),
    },
    {
      methods: ["GET"],
      paths: [`${PREFIX}/schema`],
      handle: (call) => schema(call, call.requiredQuery("name")),
    },
    {
      methods: ["GET"],
      paths: [`/v1${PREFIX}/:name/schema`],
      handle: (call) => schema(call, call.param("name")),
    },
    {
      methods: ["GET"],
      paths: [`${PREFIX}/metadata`],
      async handle(call) {
        const name = call.requiredQuery("name");
        return JSON.stringify({ metadata: await findGroup(admin, name, call.query("version")) });
      },
    },
    {
      methods: ["GET"],
      paths: [`${PREFIX}/version`],
      async handle(call) {
        const version = await metastore.groups.version(call.requiredQuery("name"));
        if (version === undefined) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
        return JSON.stringify({ version });
      },
    },
    ...shareList(PREFIX, "featureGroups", (sinceMs) => metastore.groups.list(sinceMs)),
    ...shareList(`${PREFIX}/version`, "versions", (sinceMs) =>
      metastore.groups.listVersions(sinceMs),
    ),
  ];
}

function changesOf(admin: RowAdmin): RowRoute[] {
  const { changes, mover } = admin;
  return [
    {
      methods: ["PUT"],
      paths: [PREFIX],
      async handle(call) {
        const name = call.requiredQuery("name");
        const state = parseStateRequest(call.requiredBody());
        await changes.setGroupState(name, call.query("version"), state);
        return writeJson(call.requiredBody());
      },
    },
    {
      methods: ["PUT"],
      paths: [`${PREFIX}/ttl`],
      async handle(call) {
        const request = parseTtlRequest(call.requiredBody());
        await changes.setTtl(request);
        return JSON.stringify(request);
      },
    },
    {
      methods: ["POST"],
      paths: [`${PREFIX}/tenant`, "/v1/tenant"],
      async handle(call) {
        const request = parseTenantRequest(call.requiredBody());
        await mover.move(request.featureGroupName, request.tenantConfig);
        return JSON.stringify(request);
      },
    },
    {
      methods: ["GET"],
      paths: [`${PREFIX}/tenant`, "/v1/tenant"],
      async handle(call) {
        const name = call.requiredQuery("feature-group-name");
        const { tenant } = await findGroup(admin, name, undefined);
        return JSON.stringify({ featureGroupName: name, tenantConfig: tenant });
      },
    },
  ];
}

function topics(admin: RowAdmin): RowRoute[] {
  const topicOf = async (name: string): Promise<string> => {
    const { tenant } = await findGroup(admin, name, undefined);
    return admin.consumers.topicOf(tenant.consume);
  };
  return [
    {
      methods: ["GET"],
      paths: [`${PREFIX}/topic`],
      async handle(call) {
        const featureGroupName = call.requiredQuery("name");
        return JSON.stringify({ featureGroupName, topic: await topicOf(featureGroupName) });
      },
    },
    {
      methods: ["GET"],
      paths: [`${PREFIX}/:name/topic`],
      isBare: true,
      async handle(call) {
        const message = "Feature Group Topic Details Fetched Successfully";
        return JSON.stringify({ message, data: { topic: await topicOf(call.param("name")) } });
      },
    },
  ];
}

/** @throws {RowError} FEATURE-GROUP-NOT-FOUND-EXCEPTION */
async function findGroup(
  { metastore }: RowAdmin,
  name: string,
  version: string | undefined,
): Promise<GroupMetadata> {
  const metadata = await metastore.groups.find(name, version);
  if (metadata === undefined) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
  return metadata;
}

/** What rows of it have: the entity's columns, then its own. */
async function schemaOf(
  admin: RowAdmin,
  name: string,
  wanted: string | undefined,
): Promise<string> {
  const metadata = await findGroup(admin, name, wanted);
  if (metadata.state === "ARCHIVED") throw RowError.of("FEATURE-GROUP-STATE-EXCEPTION");
  const { featureGroup, featureGroupType, version } = metadata;
  const entity = await admin.metastore.entities.find(featureGroup.entityName);
  if (entity === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
  const { features, primaryKeys } = entity.entity;
  const schema = [...features, ...featureGroup.features];
  return JSON.stringify({ schema, primaryKeys, version, featureGroupType });
}
