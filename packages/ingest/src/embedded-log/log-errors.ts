import { FeatureStoreError } from "@ofs/platform";

/** Where in a log bytes are not what was written. */
export interface DamagePlace {
  /** `topic/partition`. */
  readonly partition: string;
  /** First record that cannot be read. */
  readonly offset: number;
  readonly file: string;
  /** Of the first bad byte's record, in the file. */
  readonly position: number;
}

/** Bytes that were acknowledged are not there any more, or not as they were. Nothing is skipped because of it. */
export class LogDamageError extends FeatureStoreError {
  override readonly name = "LogDamageError";
  readonly place: DamagePlace;

  constructor(place: DamagePlace, reason: string, options?: ErrorOptions) {
    super(
      "INTERNAL",
      `embedded log: record ${place.offset} of ${place.partition} cannot be read: ${reason} ` +
        `(${place.file}, byte ${place.position})`,
      options,
    );
    this.place = place;
  }
}

export function invalid(message: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", message);
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
