import { z } from "zod";
import type { Job } from "./catalog.ts";
import type { Http } from "./http.ts";
import { API_ROOT } from "./paths.ts";

const messageSchema = z.object({ message: z.string() });

/** What happens to tokens at once; a new one is asked for as other changes are. */
export interface TokensApi {
  /** Takes all tokens from a job or client. @returns what was done */
  revoke(job: Pick<Job, "type" | "id">, reason: string): Promise<string>;
}

export function createTokensApi(http: Http): TokensApi {
  return {
    async revoke({ type, id }, reason) {
      const body = { "job-type": type, "job-id": id, reason };
      const path = `${API_ROOT}/revoke-job-tokens`;
      return (await http.call(path, messageSchema, { method: "POST", body })).body.message;
    },
  };
}
