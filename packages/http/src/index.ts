export { InvalidBodyError } from "./invalid-body-error.ts";
export { JsonObject } from "./json-object.ts";
export { parseJson } from "./parse-json.ts";
export { readBody, readBodyBytes } from "./read-body.ts";
export { HttpError, type HttpReply, jsonReply } from "./reply.ts";
export {
  persistQueryFromJson,
  persistQueryOf,
  retrieveQueryFromJson,
} from "./request-messages.ts";
