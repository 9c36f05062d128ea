export { ADMIN_TOKEN_HEADER, AdminGuard } from "./admin-guard.ts";
export { bodyFields, type Fields, queryFields } from "./fields.ts";
export { HttpServer, type HttpServerOptions } from "./http-server.ts";
export { InvalidBodyError } from "./invalid-body-error.ts";
export { JsonObject } from "./json-object.ts";
export { linger } from "./linger.ts";
export { parseJson } from "./parse-json.ts";
export { readBody, readBodyBytes } from "./read-body.ts";
export { HttpError, type HttpReply, jsonReply } from "./reply.ts";
export {
  persistQueryFromJson,
  persistQueryOf,
  retrieveQueryFromJson,
} from "./request-messages.ts";
export { type HttpCall, type HttpExchange, type HttpRoute, Router } from "./router.ts";
