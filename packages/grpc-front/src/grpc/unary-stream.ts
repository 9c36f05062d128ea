import {
  Cancellation,
  type CancelSignal,
  FeatureStoreError,
  type UnaryCall,
  type UnaryHandler,
  type UnaryReply,
} from "@ofs/platform";
import { MAX_FRAME_BYTES } from "../http2/constants.ts";
import type { RequestHead } from "../http2/request-head.ts";
import type { Session } from "../http2/session.ts";
import type { CallContext } from "./call-context.ts";
import { CallStream } from "./call-stream.ts";
import type { Expiring } from "./deadline-watch.ts";
import { decompress } from "./decompress.ts";
import { MessageReader, type MessageSink, PREFIX_BYTES } from "./message-reader.ts";
import { ANSWER_HEAD, OK_TRAILERS, statusTrailers } from "./reply-frames.ts";

/** One unary call, behind the transport port. */
export class UnaryStream extends CallStream implements UnaryCall, MessageSink, Expiring {
  readonly deadlineMs: number;
  readonly #context: CallContext;
  readonly #handler: UnaryHandler;
  #request: Buffer = EMPTY;
  #hasRequest = false;
  #reader: MessageReader | undefined = undefined;
  #cancellation: Cancellation | undefined = undefined;
  /** What the handler's promise came to, until it is sent. */
  #reply: UnaryReply | undefined = undefined;
  /** What waits for the caller to take it. */
  #queued: UnaryReply | undefined = undefined;
  #error: unknown = undefined;
  #heldRequestBytes = 0;
  #isExpanding = false;
  #isRunning = false;
  /** Whether the call has ended before its handler. */
  #isCut = false;

  /** @param deadlineMs Unix milliseconds; `Infinity` = none */
  constructor(
    session: Session,
    head: RequestHead,
    context: CallContext,
    handler: UnaryHandler,
    deadlineMs: number,
  ) {
    super(session, head);
    this.#context = context;
    this.#handler = handler;
    this.deadlineMs = deadlineMs;
  }

  get request(): Uint8Array {
    return this.#request;
  }

  /** Made when first asked for: most calls are answered before anything could wait on it. */
  get signal(): CancelSignal {
    if (this.#cancellation === undefined) {
      this.#cancellation = new Cancellation();
      if (this.#isCut) this.#abort();
    }
    return this.#cancellation;
  }

  override get lasts(): boolean {
    return false;
  }

  override onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    const size = end - start;
    if (isEnd && this.#reader === undefined && this.#isWholeMessage(bytes, start, size)) {
      this.#request = bytes.subarray(start + PREFIX_BYTES, end);
      this.#run();
      return;
    }
    this.#reader ??= new MessageReader(this.#context.limits.maxMessageBytes);
    this.#reader.read(bytes, start, end, this);
    if (this.isClosed) return;
    if (isEnd) {
      this.#onWhole(this.#reader);
      return;
    }
    this.#heldRequestBytes += size;
    this.session.hold(this, size);
    if (this.deadlineMs !== Number.POSITIVE_INFINITY && !this.isClosed) {
      this.#context.deadlines.add(this);
    }
  }

  #isWholeMessage(bytes: Buffer, start: number, size: number): boolean {
    const length = size - PREFIX_BYTES;
    return (
      length >= 0 &&
      length <= this.#context.limits.maxMessageBytes &&
      bytes[start] === 0 &&
      bytes.readUInt32BE(start + 1) === length
    );
  }

  onMessage(flag: number, message: Buffer): void {
    if (this.#hasRequest) {
      this.sendStatus(wrongCount(`Received a second request message for ${this.method}`));
      return;
    }
    this.#hasRequest = true;
    if (flag === 0) {
      this.#request = message;
      return;
    }
    if (flag !== 1) {
      const text = `the compressed flag of the message is ${flag}`;
      this.sendStatus(new FeatureStoreError("INTERNAL", text));
      return;
    }
    this.#isExpanding = true;
    decompress(this.encoding, message, this.#context.limits.maxMessageBytes, (error, expanded) => {
      this.#isExpanding = false;
      if (this.isClosed) return;
      this.#error = error;
      this.#request = error === undefined ? expanded : EMPTY;
      this.session.post(this);
    });
  }

  onTooLarge(sizeBytes: number): void {
    const { maxMessageBytes } = this.#context.limits;
    const text = `Received message larger than max (${sizeBytes} vs ${maxMessageBytes})`;
    this.sendStatus(new FeatureStoreError("RESOURCE_EXHAUSTED", text));
  }

  #onWhole(reader: MessageReader): void {
    if (reader.isWithin) {
      this.sendStatus(new FeatureStoreError("INTERNAL", "the request ends within a message"));
    } else if (!this.#hasRequest) {
      this.sendStatus(wrongCount(`Received no request message for ${this.method}`));
    } else if (!this.#isExpanding && this.#error === undefined) {
      this.#run();
    } else if (this.deadlineMs !== Number.POSITIVE_INFINITY) {
      this.#context.deadlines.add(this);
    }
  }

  #run(): void {
    this.#isRunning = true;
    try {
      const reply = this.#handler(this);
      if (reply instanceof Promise) this.#wait(reply);
      else this.#succeed(reply);
    } catch (error) {
      this.#fail(error);
    }
  }

  #wait(promise: Promise<UnaryReply>): void {
    promise.then(
      (reply) => {
        this.#reply = reply ?? NO_REPLY;
        if (!this.isClosed) this.session.post(this);
      },
      (error: unknown) => {
        this.#error = error ?? new Error("a call was rejected without an error");
        if (!this.isClosed) this.session.post(this);
        else this.#context.onError(error, this.method);
      },
    );
    this.#holdRequest();
    if (this.deadlineMs !== Number.POSITIVE_INFINITY && !this.isClosed) {
      this.#context.deadlines.add(this);
    }
  }

  /** As far as it was not counted when it came. */
  #holdRequest(): void {
    const sizeBytes = this.#request.length - this.#heldRequestBytes;
    if (sizeBytes <= 0) return;
    this.#heldRequestBytes += sizeBytes;
    this.session.hold(this, sizeBytes);
  }

  override onTurn(): void {
    if (this.#error !== undefined) {
      this.#fail(this.#error);
    } else if (this.#reply !== undefined) {
      this.#settle(this.#reply);
    } else if (!this.#isRunning && this.isRemoteClosed) {
      this.#run();
    }
  }

  expire(): void {
    this.session.run(() =>
      this.cut(new FeatureStoreError("DEADLINE_EXCEEDED", "Deadline exceeded")),
    );
    this.#abort();
  }

  /** A reply that cannot be sent is the handler's mistake, too. */
  #settle(reply: UnaryReply): void {
    try {
      this.#succeed(reply);
    } catch (error) {
      this.#fail(error);
    }
  }

  #succeed(reply: UnaryReply): void {
    const { release, response, trailers } = reply;
    if (this.isClosed) {
      release?.(response);
      return;
    }
    const { session } = this;
    const { sender } = session;
    const { maxHeaderListBytes } = session.peer;
    const end =
      trailers === undefined ? OK_TRAILERS : statusTrailers(0, "", trailers, maxHeaderListBytes);
    const size = PREFIX_BYTES + response.length;
    const isShort =
      size <= MAX_FRAME_BYTES &&
      size <= this.sendWindow &&
      size <= sender.window &&
      sender.isIdle &&
      session.hasRoom();
    if (isShort) {
      session.output.answer(this.id, ANSWER_HEAD, response, end);
      release?.(response);
      sender.countSent(size);
      session.endStream(this);
      return;
    }
    this.#queued = reply;
    this.answeredAtMs = session.nowMs;
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) this.#context.deadlines.delete(this);
    this.queueMessage(response).end(end);
    sender.wake(this);
    this.#holdRequest();
    session.hold(this, response.length);
  }

  #fail(error: unknown): void {
    this.#context.onError(error, this.method);
    if (!this.isClosed) this.sendStatus(error);
  }

  override onClosed(isCut: boolean): void {
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) this.#context.deadlines.delete(this);
    this.outgoing?.clear();
    this.#queued?.release?.(this.#queued.response);
    this.#queued = undefined;
    if (isCut) this.#abort();
  }

  #abort(): void {
    this.#isCut = true;
    if (this.#cancellation === undefined || this.#cancellation.aborted) return;
    const error =
      Date.now() >= this.deadlineMs
        ? new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed")
        : new FeatureStoreError("CANCELLED", "the caller is gone");
    this.#cancellation.abort(error);
  }
}

function wrongCount(text: string): FeatureStoreError {
  return new FeatureStoreError("UNIMPLEMENTED", text);
}

const EMPTY = Buffer.alloc(0);

/** In place of one that a handler owes: fails as such when it is to be sent. */
const NO_REPLY = {} as UnaryReply;
