import { type ErrorCode, FeatureStoreError } from "@ofs/platform";

/**
 * Why nothing of a message can be written:
 * - `poison`: it can never be written;
 * - `registry`: it names what the registry does not have, and may have soon;
 * - `store`: it belongs in a store that this process is not connected to.
 */
export type UnwritableKind = "poison" | "registry" | "store";

/** A message that cannot be written as a whole. Text and code are what `persist` answers it with. */
export class UnwritableError extends FeatureStoreError {
  override readonly name = "UnwritableError";
  readonly kind: UnwritableKind;
  /** Field of `persist.Query` that is at fault. */
  readonly field: string | undefined;
  /** What must come first, named alike by all messages that wait for it; undefined for `poison`. */
  readonly missing: string | undefined;

  constructor(
    kind: UnwritableKind,
    code: ErrorCode,
    message: string,
    about: {
      readonly field?: string | undefined;
      readonly missing?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, message, about.cause === undefined ? undefined : { cause: about.cause });
    this.kind = kind;
    this.field = about.field;
    this.missing = kind === "poison" ? undefined : about.missing;
  }
}

/**
 * Runs a step and gives its refusal a kind.
 *
 * @throws {UnwritableError} with the text and code of the refusal
 */
export function refusedAs<T>(
  kind: UnwritableKind,
  about: { readonly field?: string; readonly missing?: string },
  step: () => T,
): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof FeatureStoreError)) throw cause;
    throw new UnwritableError(kind, cause.code, cause.message, { ...about, cause });
  }
}
