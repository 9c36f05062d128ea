import { FeatureStoreError } from "@ofs/platform";
import type { ICompare, IKeyValue, IRangeRequest, ITxnResponse } from "etcd3";
import type { RegistryExpectation } from "../author-port.ts";
import type { Revision } from "../model.ts";
import type { EtcdKeys } from "./etcd-keys.ts";

/** The client's typings leave out what etcd knows since 3.3: a comparison of all keys of a range. */
export interface EtcdCompare extends ICompare {
  readonly range_end?: Buffer;
}

/** One condition of a transaction, and how to tell afterwards whether it was the one that failed. */
export interface EtcdCheck {
  readonly compare: EtcdCompare;
  readonly look: IRangeRequest;
  readonly holds: (found: readonly IKeyValue[]) => boolean;
  readonly expectation: RegistryExpectation;
}

/** Conditions that one transaction takes: its limit of operations counts for each of its parts. */
export const CHECKS_MAX = 127;

/** The conditions of an expectation that nothing is at or below a path. */
export function absentChecks(
  keys: EtcdKeys,
  expectation: RegistryExpectation & { kind: "absent" },
): EtcdCheck[] {
  const key = keys.toKey(expectation.path);
  const below = { key: Buffer.concat([key, SLASH]), range_end: Buffer.concat([key, AFTER_SLASH]) };
  return [{ key }, below].map((range) => ({
    compare: { ...range, result: "Equal", target: "Create", create_revision: 0 },
    look: { ...range, keys_only: true, limit: 1 },
    holds: (found) => found.length === 0,
    expectation,
  }));
}

const SLASH = Buffer.from("/");
/** "0" is the character after "/". */
const AFTER_SLASH = Buffer.from("0");

/** The condition that a key still has the revision that it was found with; 0 = it was not there. */
export function sameRevisionCheck(
  key: Buffer,
  modRevision: Revision,
  expectation: RegistryExpectation,
): EtcdCheck {
  return {
    compare: sameRevision(key, modRevision),
    look: { key, keys_only: true },
    holds: ([found]) => Number(found?.mod_revision ?? 0) === modRevision,
    expectation,
  };
}

export function sameRevision(key: Buffer, modRevision: Revision): EtcdCompare {
  return { key, result: "Equal", target: "Mod", mod_revision: modRevision };
}

/** @returns the first expectation that did not hold when a transaction with these checks failed */
export function failedExpectation(
  checks: readonly EtcdCheck[],
  { responses }: ITxnResponse,
): RegistryExpectation | undefined {
  const index = checks.findIndex(
    ({ holds }, place) => !holds(responses[place]?.response_range.kvs ?? []),
  );
  return checks[index]?.expectation;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT */
export function assertCheckCount(checks: readonly EtcdCheck[]): void {
  if (checks.length <= CHECKS_MAX) return;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `etcd: write: ${checks.length} conditions are more than the ${CHECKS_MAX} of one transaction`,
  );
}
