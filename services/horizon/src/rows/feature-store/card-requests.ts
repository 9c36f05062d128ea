import type { Members } from "@ofs/rows";
import { invalid, type RowCall } from "../http/row-call.ts";
import type { CARD_ORDERS, CardCriteria, CardPage } from "../metastore/card-repository.ts";
import { STORE_KINDS, type StoreKind } from "./feature-cards.ts";

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 1_000;
const OFFSET_MAX = 1_000_000_000;
const FILTERS_MAX = 20;
const FILTER_VALUES_MAX = 100;
const SEARCH_LENGTH_MAX = 200;
const DIRECTIONS = ["asc", "desc"] as const;

/** What pages order by, without underscores and in lower case; whatever else they say is the newest change first. */
const ORDERS: Readonly<Record<string, (typeof CARD_ORDERS)[number]>> = {
  name: "name",
  title: "name",
  id: "name",
  owner: "owner",
  createdby: "owner",
  createdat: "created_at",
};

export type Range = Pick<CardPage, "limit" | "offset" | "direction">;

/** @throws {RowError} INVALID_REQUEST naming the member */
export function readCriteria(call: RowCall): CardCriteria {
  return call.read((members) => {
    const { tags, owners } = readFilters(members);
    const text = searchText(members.optionalText("search_string"));
    return { text, tags, owners, isOnlineOnly: false };
  });
}

/** @throws {RowError} INVALID_REQUEST naming the member */
export function readPage(call: RowCall): CardPage & { readonly kind: StoreKind } {
  return call.read((members) => {
    const wanted = members.optionalText("sort_by") ?? "";
    const order = ORDERS[wanted.replaceAll("_", "").toLowerCase()] ?? "updated_at";
    return {
      kind: members.choice("type", STORE_KINDS, "online"),
      order,
      direction: members.choice("sort_order", DIRECTIONS, "desc"),
      limit: within(
        "page_size",
        members.optionalInteger("page_size") ?? PAGE_SIZE,
        1,
        PAGE_SIZE_MAX,
      ),
      offset: within("offset", members.optionalInteger("offset") ?? 0, 0, OFFSET_MAX),
    };
  });
}

/** The same of the query. @throws {RowError} INVALID_REQUEST naming the parameter */
export function queryRange(call: RowCall): Range {
  const wanted = call.query("sort_order") ?? "desc";
  const direction = DIRECTIONS.find((each) => each === wanted);
  if (direction === undefined) {
    throw invalid(
      "sort_order",
      `must be one of ${DIRECTIONS.join(", ")}, not ${wanted.slice(0, 100)}`,
    );
  }
  return {
    direction,
    limit: call.integerQuery("page_size", { min: 1, max: PAGE_SIZE_MAX, absent: PAGE_SIZE }),
    offset: call.integerQuery("offset", { min: 0, max: OFFSET_MAX, absent: 0 }),
  };
}

/** @throws {RowError} INVALID_REQUEST */
export function queryKind(call: RowCall): StoreKind {
  const wanted = call.query("type") ?? "online";
  const kind = STORE_KINDS.find((each) => each === wanted);
  if (kind !== undefined) return kind;
  throw invalid("type", `must be one of ${STORE_KINDS.join(", ")}, not ${wanted.slice(0, 100)}`);
}

/** @throws {RowError} INVALID_REQUEST for one that is too long */
export function searchText(text: string | undefined): string {
  const length = text?.length ?? 0;
  if (length <= SEARCH_LENGTH_MAX) return text ?? "";
  throw invalid("search_string", `has ${length} characters, ${SEARCH_LENGTH_MAX} at most`);
}

/** A list without values lets everything through. */
function readFilters(members: Members): Pick<CardCriteria, "tags" | "owners"> {
  const filters = members.objects("filters");
  if (filters.length > FILTERS_MAX) {
    throw invalid("filters", `has ${filters.length} items, ${FILTERS_MAX} at most`);
  }
  const found = { tags: [] as string[][], owners: [] as string[][] };
  for (const filter of filters) {
    const name = filter.choice("name", ["tags", "owners"]);
    const values = filter.texts("value");
    if (values.length > FILTER_VALUES_MAX) {
      throw invalid(`filters.${name}`, `has ${values.length} values, ${FILTER_VALUES_MAX} at most`);
    }
    if (values.length > 0) found[name].push(values);
  }
  return found;
}

function within(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw invalid(name, `must be a whole number from ${min} to ${max}, not ${value}`);
}
