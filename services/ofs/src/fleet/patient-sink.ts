import { OfsClientError } from "@ofs/client";
import type { RowSink } from "../write-rows.ts";

/** Each takes as long as the server waits for its store. */
const MAX_ATTEMPTS = 10;

/**
 * A sink that writes rows again that were not stored in time: a disk may stand still for longer than a store is waited for, and
 * that must not end the start of a fleet. Rows may be written again to the same effect.
 */
export function patientSink(sink: RowSink): RowSink {
  return {
    async persist(request) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await sink.persist(request);
        } catch (error) {
          if (attempt === MAX_ATTEMPTS || !isLate(error)) throw error;
        }
      }
    },
  };
}

function isLate(error: unknown): boolean {
  return error instanceof OfsClientError && error.code === "DEADLINE_EXCEEDED";
}
