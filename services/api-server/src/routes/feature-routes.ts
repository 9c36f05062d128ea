import type { Engine, RetrieveAnswer } from "@ofs/engine";
import type { UnaryHandler, UnaryReply } from "@ofs/platform";
import { type GuardDeps, guardedHandler, type Reserve } from "./guarded-handler.ts";

export const RETRIEVE_SERVICE = "retrieve.FeatureService";
export const PERSIST_SERVICE = "persist.FeatureService";

export const RETRIEVE_METHOD = `/${RETRIEVE_SERVICE}/RetrieveFeatures`;
export const RETRIEVE_DECODED_METHOD = `/${RETRIEVE_SERVICE}/RetrieveDecodedResult`;
export const INSPECT_SERVICE = "ofs.v1.InspectService";
export const INSPECT_METHOD = `/${INSPECT_SERVICE}/InspectGroups`;
export const PERSIST_METHOD = `/${PERSIST_SERVICE}/PersistFeatures`;

/** Trailing metadata: how many cells were answered by a default for want of a readable block or store. */
export const DEGRADED_CELLS_TRAILER = "ofs-degraded-cells";

/** Reading and writing features, by full method name. */
export function featureRoutes(engine: Engine, deps: GuardDeps): Map<string, UnaryHandler> {
  const reserve: Reserve = (request, context) => engine.reserve(request, context);
  const read = (retrieve: Engine["retrieve"]): UnaryHandler =>
    guardedHandler(
      "read",
      (request, context) => {
        const answer = retrieve(request, context);
        return answer instanceof Promise ? answer.then(retrieveReply) : retrieveReply(answer);
      },
      deps,
      reserve,
    );
  // Its answer names what is degraded.
  const inspect = guardedHandler(
    "read",
    async (request, context) => ({ response: (await engine.inspect(request, context)).response }),
    deps,
  );
  const write = guardedHandler(
    "write",
    async (request, context) => ({ response: await engine.persist(request, context) }),
    deps,
  );
  return new Map([
    [RETRIEVE_METHOD, read((request, context) => engine.retrieve(request, context))],
    [RETRIEVE_DECODED_METHOD, read((request, context) => engine.retrieveDecoded(request, context))],
    [INSPECT_METHOD, inspect],
    [PERSIST_METHOD, write],
  ]);
}

function retrieveReply(answer: RetrieveAnswer): UnaryReply {
  const { response, degradedCellCount, release } = answer;
  if (degradedCellCount === 0) return { response, release };
  const trailers = { [DEGRADED_CELLS_TRAILER]: String(degradedCellCount) };
  return { response, release, trailers };
}
