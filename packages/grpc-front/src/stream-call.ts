/** The server's side of one streaming call. Its messages are sent in order, within the caller's flow control. */
export interface StreamCall {
  /** Full method name. */
  readonly method: string;
  /** First value of a header, by its lower-case name. */
  header(name: string): string | undefined;
  /** Sends one message, which must not be changed afterwards. Does nothing once the call is over. */
  send(message: Uint8Array): void;
  /** Ends the call with OK, after all that has been sent. */
  end(): void;
  /** Ends the call with the status of an error, after all that has been sent. */
  fail(error: unknown): void;
}

/** What a streaming method is told of one call. */
export interface StreamListener {
  /** @param message valid as long as it is held */
  onMessage(message: Uint8Array): void;
  /** The caller has sent all its messages. */
  onEnd(): void;
  /** The call is over, for whatever reason; told once, nothing follows. */
  onClose(): void;
}

/** Serves one call of a streaming method (either side may stream). A thrown error becomes the call's status. */
export type StreamHandler = (call: StreamCall) => StreamListener;

/** Handlers by full method name. */
export type StreamRoutes = ReadonlyMap<string, StreamHandler>;
