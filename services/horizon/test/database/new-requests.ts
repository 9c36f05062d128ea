import { createLogger, type Logger } from "@ofs/platform";
import type { ChangeKind } from "../../src/changes/model.ts";
import type { ChangeRequest, NewChangeRequest, Submitted } from "../../src/database/ports.ts";

export const silentLog: Logger = createLogger({ service: "horizon", level: "DISABLED" });

/** A request with whatever its kind's table needs. */
export function newRequest(
  kind: ChangeKind,
  label: string,
  change: Partial<NewChangeRequest> = {},
): NewChangeRequest {
  const payload = {
    table: label,
    "job-type": "writer",
    "job-id": label,
    "entity-label": label,
    "fg-label": "core",
    "feature-group-label": "core",
    "user-id": "a@x.io",
  };
  const defaults = { createdBy: "a@x.io", subject: label, idempotencyKey: undefined };
  return { kind, payload, ...defaults, ...change };
}

/** @returns the request that was made or repeated */
export function requestOf(submitted: Submitted): ChangeRequest {
  if ("request" in submitted) return submitted.request;
  throw new Error(`request ${submitted.waiting.id} waits`);
}
