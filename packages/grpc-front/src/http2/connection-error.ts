import { ENHANCE_YOUR_CALM } from "./constants.ts";

/** Ends a connection: the peer has broken the protocol, or asks for too much. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** An error code of HTTP/2. */
  readonly code: number;

  /** @param message what was wrong with which value; sent to the peer */
  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get isFlood(): boolean {
    return this.code === ENHANCE_YOUR_CALM;
  }
}
