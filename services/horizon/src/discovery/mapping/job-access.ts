import { FeatureStoreError, type TokenVerifier } from "@ofs/platform";
import type { Catalog } from "../catalog/model.ts";

/** Where a job's credentials may be sent instead of the query, which ends up in logs. */
export const JOB_ID_HEADER = "ofs-job-id";
export const JOB_TOKEN_HEADER = "ofs-job-token";

export interface JobCredentials {
  readonly jobId: string;
  readonly token: string;
}

/**
 * Takes a job's credentials from headers, else from the query.
 *
 * @throws {FeatureStoreError} UNAUTHENTICATED if one is missing. No message holds a token
 */
export function readCredentials(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  query: { readonly jobId?: string | undefined; readonly jobToken?: string | undefined },
): JobCredentials {
  const fromHeaders = [headers[JOB_ID_HEADER], headers[JOB_TOKEN_HEADER]];
  const isInHeaders = fromHeaders.some((value) => value !== undefined);
  const [jobId, token] = isInHeaders ? fromHeaders : [query.jobId, query.jobToken];
  if (typeof jobId !== "string" || jobId === "") {
    throw unauthenticated(`job id is missing: query jobId or header ${JOB_ID_HEADER}`);
  }
  if (typeof token !== "string" || token === "") {
    throw unauthenticated(`job token is missing: query jobToken or header ${JOB_TOKEN_HEADER}`);
  }
  return { jobId, token };
}

/**
 * Lets a writer job in. An unknown job and a wrong token get the same answer after the same time; a previous token counts
 * until it ends.
 *
 * @throws {FeatureStoreError} UNAUTHENTICATED
 */
export function assertJob(
  catalog: Catalog,
  { jobId, token }: JobCredentials,
  verifier: TokenVerifier,
  nowSeconds: number,
): void {
  const access = catalog.writers.get(jobId)?.access;
  if (verifier.isValid(token, access?.credentials, nowSeconds)) return;
  throw unauthenticated("job id or job token is not valid");
}

function unauthenticated(message: string): FeatureStoreError {
  return new FeatureStoreError("UNAUTHENTICATED", message);
}
