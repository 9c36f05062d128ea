import { openRowServer } from "../support/row-server.ts";
import { ENTITIES, GROUPS, type RowWorld } from "./row-world.ts";
import { VALUE_ENTITY, VALUE_GROUP } from "./value-contract.ts";

/** On a data folder. */
export async function openEmbeddedWorld(): Promise<RowWorld> {
  const row = await openRowServer();
  await row.register([...ENTITIES, VALUE_ENTITY], [...GROUPS, VALUE_GROUP]);
  let lastId = 0;
  return {
    ask: row.ask,
    mainPort: row.server.port,
    newId: () => ++lastId,
    close: () => row.close(),
  };
}
