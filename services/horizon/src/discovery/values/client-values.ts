import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import type { ValueReader } from "./feature-values.ts";

/** What is used of the feature store's client. */
export interface RawClient {
  retrieveRaw(
    request: {
      readonly entity: string;
      readonly keys: readonly Readonly<Record<string, string>>[];
      readonly features: Readonly<Record<string, readonly string[]>>;
    },
    options: { readonly partial: true; readonly deadlineMs: number },
  ): Promise<{
    readonly rows: readonly {
      readonly columns?: readonly Uint8Array[] | undefined;
      readonly error?: Error | undefined;
    }[];
  }>;
}

const DEADLINE_MS = 5_000;

/** Failures that the caller of a look-up has brought about; all others mean that the data plane is in no state to answer. */
const PASSED_ON: readonly ErrorCode[] = ["INVALID_ARGUMENT", "NOT_FOUND", "DEADLINE_EXCEEDED"];

/** Reads values through the data plane's client. */
export function valuesOfClient(client: RawClient): ValueReader {
  return {
    async read({ entity, keys, features }) {
      const options = { partial: true, deadlineMs: DEADLINE_MS } as const;
      try {
        const { rows } = await client.retrieveRaw({ entity, keys, features }, options);
        return rows.map(({ columns, error }) =>
          columns === undefined ? { error: error?.message ?? "no answer" } : { columns },
        );
      } catch (cause) {
        const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
        const known = PASSED_ON.find((each) => each === code) ?? "UNAVAILABLE";
        throw new FeatureStoreError(known, `api-server: ${String(message)}`, { cause });
      }
    },
  };
}
