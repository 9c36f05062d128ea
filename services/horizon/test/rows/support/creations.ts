import { parseEntityRequest, parseGroupRequest, parseJson } from "@ofs/rows";
import type { RowControlPlane } from "../../../src/rows/create-row-admin.ts";
import { column, entityBody, groupBody } from "./bodies.ts";

const CREATE = { isUpgrade: false, isRegister: false };
const UPGRADE = { isUpgrade: true, isRegister: false };

/** What there is before anything crashes. */
export async function layGroundwork({ creator }: RowControlPlane): Promise<void> {
  await creator.createEntity(parseEntityRequest(toJson(entityBody("base"))), false);
  await creator.createGroup(parseGroupRequest(toJson(groupBody("grown", "base"))), CREATE);
}

/** One of each kind of creation. */
export function creations({ creator }: RowControlPlane): (() => Promise<unknown>)[] {
  const upgraded = groupBody("grown", "base", { features: [column("losses", "BIGINT")] });
  return [
    () => creator.createEntity(parseEntityRequest(toJson(entityBody("fresh"))), false),
    () => creator.createGroup(parseGroupRequest(toJson(groupBody("first", "base"))), CREATE),
    () => creator.createGroup(parseGroupRequest(toJson(upgraded)), UPGRADE),
  ];
}

/** Of the entity `base`, when all is done. */
export const BASE_COLUMNS = [
  "country",
  "first__v1__badge",
  "first__v1__wins",
  "grown__v1__badge",
  "grown__v1__wins",
  "grown__v2__losses",
];

function toJson(body: object) {
  return parseJson(JSON.stringify(body));
}
