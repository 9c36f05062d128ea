/** What is wrong with the bytes. */
export type CodecErrorCode = "TRUNCATED" | "OVERFLOW" | "UNSUPPORTED" | "CORRUPT";

/** Bytes that do not follow a format. Never retryable. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  readonly code: CodecErrorCode;
  /** Where the fault is, in bytes from the start of the input. */
  readonly offset: number;

  constructor(code: CodecErrorCode, message: string, offset: number, options?: ErrorOptions) {
    super(`${message} (at byte ${offset})`, options);
    this.code = code;
    this.offset = offset;
  }
}

/** A value that a feature's declared type cannot hold. The caller's fault, so it names the value. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}
