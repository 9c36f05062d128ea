import { jsonReply, persistQueryFromJson, readBody, retrieveQueryFromJson } from "@ofs/http";
import { FeatureStoreError, type UnaryHandler, type UnaryRoutes } from "@ofs/platform";
import type { HeaderSource } from "../auth/authenticator.ts";
import {
  PERSIST_METHOD,
  RETRIEVE_DECODED_METHOD,
  RETRIEVE_METHOD,
} from "../routes/feature-routes.ts";
import { type CallQueue, OVERLOAD_TEXT } from "../transport/call-queue.ts";
import { HttpCall } from "./http-call.ts";
import type { HttpRoute } from "./http-server.ts";
import {
  decodedResultToJson,
  persistResultToJson,
  retrieveResultToJson,
} from "./response-messages.ts";

export interface MirrorDeps {
  readonly routes: UnaryRoutes;
  readonly maxRequestBytes: number;
  readonly queue: CallQueue;
  /** Whether the headers name a known caller. */
  isKnownCaller(source: HeaderSource): boolean;
}

interface Mirrored {
  readonly method: string;
  toMessage(text: string): Uint8Array;
  toJson(bytes: Uint8Array): object;
}

const MIRRORED: Readonly<Record<string, Mirrored>> = {
  "/api/v1/features/retrieve": {
    method: RETRIEVE_METHOD,
    toMessage: retrieveQueryFromJson,
    toJson: retrieveResultToJson,
  },
  "/api/v1/features/retrieve/decoded": {
    method: RETRIEVE_DECODED_METHOD,
    toMessage: retrieveQueryFromJson,
    toJson: decodedResultToJson,
  },
  "/api/v1/features/persist": {
    method: PERSIST_METHOD,
    toMessage: persistQueryFromJson,
    toJson: persistResultToJson,
  },
};

/** The gRPC methods over HTTP with JSON bodies; the same handlers serve both. */
export function mirrorRoutes(deps: MirrorDeps): Map<string, HttpRoute> {
  const routes = new Map<string, HttpRoute>();
  for (const [path, mirrored] of Object.entries(MIRRORED)) {
    const handler = deps.routes.get(mirrored.method);
    if (handler === undefined) throw new Error(`no handler for ${mirrored.method}`);
    routes.set(path, mirrorRoute(mirrored, handler, deps));
  }
  return routes;
}

function mirrorRoute(mirrored: Mirrored, handler: UnaryHandler, deps: MirrorDeps): HttpRoute {
  const answer: HttpRoute["handle"] = async (request, response) => {
    const stranger = new HttpCall(mirrored.method, request, response);
    // A stranger is refused, and counted, by the handler; its body is not worth reading.
    if (!deps.isKnownCaller(stranger)) await handler(stranger);
    const text = await readBody(request, deps.maxRequestBytes);
    const encode = (): Uint8Array => mirrored.toMessage(text);
    const answer = await handler(new HttpCall(mirrored.method, request, response, encode));
    return jsonReply(200, mirrored.toJson(answer.response), answer.trailers);
  };
  return {
    methods: ["POST"],
    async handle(request, response) {
      if (!deps.queue.admits()) throw new FeatureStoreError("RESOURCE_EXHAUSTED", OVERLOAD_TEXT);
      return answer(request, response);
    },
  };
}
