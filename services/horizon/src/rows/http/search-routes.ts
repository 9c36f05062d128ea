import { DefinitionFault, type JsonValue, Members, RowError } from "@ofs/rows";
import type { Search } from "../metastore/search-repository.ts";
import type { RowAdmin } from "../row-admin.ts";
import type { RowCall } from "./row-call.ts";
import type { RowRoute } from "./row-scope.ts";

const PAGE_SIZE = 20;
const PAGE_SIZE_MAX = 10_000;
const OFFSET_MAX = 1_000_000_000;
/** Tags and owners of one search. */
const CRITERIA_MAX = 100;

/** Also as POST: proxies may drop the body of a GET. */
const READ = { methods: ["GET", "POST"], permission: "read" } as const;

/** Searches by name, column, tag and owner. */
export function searchRoutes({ metastore: { search } }: RowAdmin): RowRoute[] {
  return [
    {
      ...READ,
      paths: ["/search/entities"],
      handle: async (call) => JSON.stringify({ entities: await search.entities(toSearch(call)) }),
    },
    {
      ...READ,
      paths: ["/search/feature-groups"],
      handle: async (call) =>
        JSON.stringify({ featureGroups: await search.groups(toSearch(call)) }),
    },
    {
      ...READ,
      paths: ["/v1/search"],
      async handle(call) {
        const wanted = toSearch(call);
        const entities = await search.entities(wanted);
        return JSON.stringify({ entities, featureGroups: await search.groups(wanted) });
      },
    },
    ...listRoutes("owners", "entity", () => search.entityOwners()),
    ...listRoutes("owners", "feature-group", () => search.groupOwners()),
    ...listRoutes("tags", "entity", () => search.entityTags()),
    ...listRoutes("tags", "feature-group", () => search.groupTags()),
  ];
}

function listRoutes(member: string, of: string, list: () => Promise<string[]>): RowRoute[] {
  return [
    {
      methods: ["GET"],
      paths: [`/search/all-${of}-${member}`],
      handle: async () => JSON.stringify({ [member]: await list() }),
    },
  ];
}

/** @throws {RowError} SEARCH-ENTITY-REQUEST-EXCEPTION without any criterion */
function toSearch(call: RowCall): Search {
  const limit = call.integerQuery("page-size", { min: 1, max: PAGE_SIZE_MAX, absent: PAGE_SIZE });
  const offset = call.integerQuery("page-offset", { min: 0, max: OFFSET_MAX, absent: 0 });
  return { ...readCriteria(call.body ?? null), limit, offset };
}

function readCriteria(body: JsonValue): Pick<Search, "pattern" | "tags" | "owners"> {
  try {
    const members = new Members(body);
    const pattern = members.optionalText("searchPattern");
    const tags = members.texts("tags");
    const owners = members.texts("owners");
    const count = tags.length + owners.length;
    if (pattern === undefined && count === 0) throw new DefinitionFault("no criterion");
    if (count > CRITERIA_MAX) {
      throw new DefinitionFault(`${count} tags and owners, ${CRITERIA_MAX} at most`);
    }
    return { pattern, tags, owners };
  } catch (error) {
    if (!(error instanceof DefinitionFault)) throw error;
    throw RowError.of("SEARCH-ENTITY-REQUEST-EXCEPTION", { cause: error.message });
  }
}
