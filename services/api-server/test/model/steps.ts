import type { ModelRead, ModelWrite } from "@ofs/testkit/model";
import type { Refusal } from "./refusals.ts";
import type { SchemaChange } from "./schema-changes.ts";

/** What one caller does, on keys of its own. */
export type CallStep =
  | {
      readonly kind: "write";
      readonly write: ModelWrite;
      readonly containerSeed: number | undefined;
    }
  | { readonly kind: "read"; readonly read: ModelRead; readonly isDecoded: boolean }
  /** Reads while the write is in flight, then one after it. */
  | { readonly kind: "read beside write"; readonly write: ModelWrite; readonly read: ModelRead }
  /** Two writes at once: one of them counts, group by group. */
  | { readonly kind: "two writes"; readonly writes: readonly [ModelWrite, ModelWrite] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What happens to the servers while no other step is in flight. */
export type ServerStep =
  | { readonly kind: "schema"; readonly change: SchemaChange }
  | { readonly kind: "clock"; readonly jumpMs: number }
  | { readonly kind: "restart"; readonly server: number; readonly signal: "SIGTERM" }
  /** Killed while the writes are in flight. */
  | {
      readonly kind: "restart";
      readonly server: number;
      readonly signal: "SIGKILL";
      readonly writes: readonly ModelWrite[];
    };

export interface NumberedStep {
  /** From 1; names the step in reports, and chooses the server. */
  readonly number: number;
  readonly step: CallStep | ServerStep;
}

/** Server steps one after another, then each lane's calls in order, beside those of other lanes. */
export interface Round {
  readonly serverSteps: readonly NumberedStep[];
  readonly lanes: readonly (readonly NumberedStep[])[];
}
