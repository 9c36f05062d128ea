import { z } from "zod";
import type { Http } from "./http.ts";

/** Something that was done. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface AuditQuery {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** Only older ones; undefined = the newest. */
  readonly beforeId: number | undefined;
  readonly limit: number;
}

const entrySchema = z
  .object({
    id: z.number(),
    at: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .transform(({ at, ...entry }): AuditEntry => ({ ...entry, atMs: Date.parse(at) }));

export interface AuditApi {
  /** Newest first. */
  list(query: AuditQuery, signal?: AbortSignal): Promise<AuditEntry[]>;
}

export function createAuditApi(http: Http): AuditApi {
  return {
    async list({ actor, action, subject, beforeId, limit }, signal) {
      const query = { actor, action, subject, "before-id": beforeId, limit };
      const schema = z.array(entrySchema);
      return (await http.call("/api/v1/horizon/audit", schema, { query, signal })).body;
    },
  };
}
