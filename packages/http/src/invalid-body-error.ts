import { FeatureStoreError } from "@ofs/platform";

/** The body of an HTTP request is not what its route takes. */
export class InvalidBodyError extends FeatureStoreError {
  override readonly name = "InvalidBodyError";

  constructor(fault: string, options?: ErrorOptions) {
    super("INVALID_ARGUMENT", `Invalid request body: ${fault}`, options);
  }
}
