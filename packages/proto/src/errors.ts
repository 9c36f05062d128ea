/** Bytes that are not a valid message. Never retryable; the sender's fault. */
export class ProtoError extends Error {
  override readonly name = "ProtoError";
  /** Where the fault is, in bytes from the start of the message. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(`${message} (at byte ${offset})`, options);
    this.offset = offset;
  }
}
