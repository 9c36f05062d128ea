import { parseEntityRequest, parseStateRequest, RowError, writeJson } from "@ofs/rows";
import type { RowAdmin } from "../row-admin.ts";
import { shareList } from "./lists.ts";
import type { RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

/** Entities: creation, state, single ones and lists. */
export function entityRoutes(admin: RowAdmin): RowRoute[] {
  const { metastore, creator, changes } = admin;
  const create = (isRegister: boolean) => async (call: RowCall) => {
    const request = parseEntityRequest(call.body ?? null);
    const { entity } = await creator.createEntity(request, isRegister);
    return JSON.stringify({ entity });
  };
  const find = async (name: string) => {
    const metadata = await metastore.entities.find(name);
    if (metadata === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
    return metadata;
  };
  const show = async (name: string) => JSON.stringify({ entity: (await find(name)).entity });
  return [
    { methods: ["POST"], paths: ["/entity", "/v1/entity"], handle: create(false) },
    { methods: ["POST"], paths: ["/entity/register"], handle: create(true) },
    {
      methods: ["GET"],
      paths: ["/entity"],
      handle: (call) => show(call.requiredQuery("name")),
    },
    {
      methods: ["GET"],
      paths: ["/v1/entity/:name"],
      handle: (call) => show(call.param("name")),
    },
    {
      methods: ["PUT"],
      paths: ["/entity"],
      async handle(call) {
        const name = call.requiredQuery("name");
        await changes.setEntityState(name, parseStateRequest(call.requiredBody()));
        return writeJson(call.requiredBody());
      },
    },
    {
      methods: ["GET"],
      paths: ["/entity/metadata"],
      handle: async (call) => JSON.stringify({ metadata: await find(call.requiredQuery("name")) }),
    },
    ...shareList("/entity", "entities", (sinceMs) => metastore.entities.list(sinceMs)),
  ];
}
