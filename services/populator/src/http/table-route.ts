import { type HttpCall, type HttpReply, type HttpRoute, jsonReply } from "@ofs/http";
import { FeatureStoreError, toWireStatus } from "@ofs/platform";
import { MappingError } from "../mapping/mapping-error.ts";
import { RequestError } from "../runs/run-request.ts";

/**
 * Makes an endpoint for operators. Answers are `{"data": ...}`, errors `{"error": {"message", "cause", "code"}}`, as Darwin's
 * clients want them.
 */
export function tableRoute(
  method: HttpRoute["method"],
  path: string,
  handle: (call: HttpCall) => Promise<object>,
): HttpRoute {
  return {
    method,
    path,
    isAdmin: true,
    async handle(call): Promise<HttpReply> {
      try {
        return jsonReply(200, { data: await handle(call) });
      } catch (error) {
        if (!(error instanceof FeatureStoreError)) throw error;
        const { http, name } = toWireStatus(error);
        const { message } = error;
        const body = { message, cause: message, code: name, ...detailsOf(error) };
        return jsonReply(http, { error: body });
      }
    },
  };
}

/** What is wrong with single columns or fields. */
function detailsOf(error: FeatureStoreError): object {
  if (error instanceof MappingError) return { columns: error.problems };
  return error instanceof RequestError ? { fields: error.faults } : {};
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT if it is missing or empty */
export function requiredQuery({ query }: Pick<HttpCall, "query">, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new FeatureStoreError("INVALID_ARGUMENT", `query parameter ${name} is required`);
}
