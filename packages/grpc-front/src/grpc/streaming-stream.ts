import { FeatureStoreError } from "@ofs/platform";
import { CANCEL } from "../http2/constants.ts";
import type { RequestHead } from "../http2/request-head.ts";
import type { Session } from "../http2/session.ts";
import type { StreamCall, StreamHandler, StreamListener } from "../stream-call.ts";
import type { CallContext } from "./call-context.ts";
import { CallStream } from "./call-stream.ts";
import { decompressNow } from "./decompress.ts";
import { MessageReader, type MessageSink } from "./message-reader.ts";
import { statusTrailers } from "./reply-frames.ts";

/** Of a request message of a streaming call, also after decompression: there are small ones only. */
const MAX_STREAM_MESSAGE_BYTES = 64 * 1024;

/** With more than this unsent, the caller is asked to wait. */
const QUEUE_TO_WAIT_BYTES = 64 * 1024;

/** How a call is to end. */
interface Ending {
  /** undefined = OK. */
  readonly error: unknown;
}

/**
 * One streaming call. What its handler sends goes out with the next turn of the loop: handlers may be called, and call,
 * from anywhere.
 */
export class StreamingStream extends CallStream implements StreamCall, MessageSink {
  readonly #context: CallContext;
  readonly #reader = new MessageReader(MAX_STREAM_MESSAGE_BYTES);
  #listener: StreamListener | undefined = undefined;
  #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  #ending: Ending | undefined = undefined;
  #isPosted = false;

  constructor(session: Session, head: RequestHead, context: CallContext) {
    super(session, head);
    this.#context = context;
  }

  /** Lets the handler have the call, unless it is over: for what the connection holds. */
  open(handler: StreamHandler): void {
    if (this.isClosed) return;
    try {
      this.#listener = handler(this);
    } catch (error) {
      this.#context.onError(error, this.method);
      this.fail(error);
    }
  }

  override get lasts(): boolean {
    return true;
  }

  override get takesMore(): boolean {
    return this.#queuedBytes < QUEUE_TO_WAIT_BYTES;
  }

  get #queuedBytes(): number {
    return this.#unsentBytes + (this.outgoing?.leftBytes ?? 0);
  }

  send(message: Uint8Array): void {
    if (this.isClosed || this.#ending !== undefined) return;
    this.#unsent.push(message);
    this.#unsentBytes += message.length;
    this.#post();
  }

  end(): void {
    this.#end({ error: undefined });
  }

  fail(error: unknown): void {
    this.#end({ error });
  }

  #end(ending: Ending): void {
    if (this.isClosed) return;
    this.#ending ??= ending;
    this.#post();
  }

  #post(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.session.post(this);
  }

  override onTurn(): void {
    this.#isPosted = false;
    const { session } = this;
    if (this.#queuedBytes > this.#context.limits.maxStreamQueueBytes) {
      session.host.onFault("stream-queue");
      session.resetStream(this, CANCEL);
      return;
    }
    for (const message of this.#unsent) this.queueMessage(message);
    this.#unsent = [];
    this.#unsentBytes = 0;
    if (this.#ending !== undefined) this.#sendEnding(this.#ending.error);
    session.sender.wake(this);
    if (this.takesMore) session.giveWindow(this);
  }

  #sendEnding(error: unknown): void {
    if (error !== undefined) this.sendStatus(error);
    else {
      this.beginAnswer().end(statusTrailers(0, "", {}, this.session.peer.maxHeaderListBytes));
    }
  }

  override onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    if (this.#ending !== undefined) return;
    this.#reader.read(bytes, start, end, this);
    if (isEnd && this.#ending === undefined) this.#tell((listener) => listener.onEnd());
  }

  onMessage(flag: number, message: Buffer): void {
    this.#tell((listener) => {
      const isCompressed = flag !== 0;
      listener.onMessage(
        isCompressed ? decompressNow(this.encoding, message, MAX_STREAM_MESSAGE_BYTES) : message,
      );
    });
  }

  onTooLarge(sizeBytes: number): void {
    const text = `Received message larger than max (${sizeBytes} vs ${MAX_STREAM_MESSAGE_BYTES})`;
    this.fail(new FeatureStoreError("RESOURCE_EXHAUSTED", text));
  }

  #tell(what: (listener: StreamListener) => void): void {
    if (this.#listener === undefined || this.#ending !== undefined) return;
    try {
      what(this.#listener);
    } catch (error) {
      this.#context.onError(error, this.method);
      this.fail(error);
    }
  }

  override onClosed(): void {
    this.#unsent = [];
    this.outgoing?.clear();
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.onClose();
  }
}
