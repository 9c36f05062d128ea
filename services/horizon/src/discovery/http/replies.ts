import { FeatureStoreError, toWireStatus } from "@ofs/platform";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { CatalogView } from "../catalog/live-catalog.ts";
import type { Catalog, CatalogEntity, CatalogGroup } from "../catalog/model.ts";

/** Part of the tags: it grows when answers for one revision of the registry become others. */
const FORM = 1;

/**
 * Makes a hook that tags answers by the registry's revision: who has the answer of this revision gets 304, and nothing is
 * computed. For routes whose answers depend on nothing else.
 */
export function tagByRevision(catalog: CatalogView) {
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const tag = `"r${FORM}-${catalog.current().revision}"`;
    reply.header("etag", tag);
    reply.header("cache-control", "private, no-cache");
    reply.header("vary", "authorization, cookie, origin");
    const known = request.headers["if-none-match"]?.split(",") ?? [];
    const isKnown = known.some((each) => each.trim().replace(/^W\//, "") === tag);
    return isKnown ? reply.code(304).send() : undefined;
  };
}

/** Answers failures of endpoints whose clients expect `data` also then. */
export function failWithData(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { http, name, message } = toWireStatus(ownErrorOf(error));
  if (http >= 500) request.log.error({ err: error }, "a request failed");
  const body = JSON.stringify({ error: message, code: name, data: {} });
  reply
    .code(transportStatusOf(error) ?? http)
    .type("application/json")
    .send(body);
}

/** Faults that the framework finds in a request are the caller's. */
function ownErrorOf(error: unknown): unknown {
  if (error instanceof FeatureStoreError) return error;
  const isOfCaller =
    hasZodFastifySchemaValidationErrors(error) || transportStatusOf(error) !== undefined;
  if (!isOfCaller) return error;
  return new FeatureStoreError("INVALID_ARGUMENT", (error as Error).message, { cause: error });
}

/** @returns the framework's own status of a request that it refuses, for example 415 */
function transportStatusOf(error: unknown): number | undefined {
  if (error instanceof FeatureStoreError) return undefined;
  const { statusCode } = error as Partial<FastifyError>;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

/** @throws {FeatureStoreError} `code` if there is no such entity */
export function findEntity(
  catalog: Catalog,
  label: string,
  code: "INVALID_ARGUMENT" | "NOT_FOUND",
): CatalogEntity {
  const entity = catalog.entities.get(label);
  if (entity !== undefined) return entity;
  throw new FeatureStoreError(code, `there is no entity ${JSON.stringify(label)}`);
}

/** @throws {FeatureStoreError} NOT_FOUND */
export function findGroup(catalog: Catalog, entityLabel: string, label: string): CatalogGroup {
  const group = findEntity(catalog, entityLabel, "NOT_FOUND").groups.get(label);
  if (group !== undefined) return group;
  const message = `entity ${JSON.stringify(entityLabel)} has no feature group ${JSON.stringify(label)}`;
  throw new FeatureStoreError("NOT_FOUND", message);
}
