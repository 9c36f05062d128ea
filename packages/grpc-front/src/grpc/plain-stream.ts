import { Readable } from "node:stream";
import { FeatureStoreError } from "@ofs/platform";
import { CANCEL } from "../http2/constants.ts";
import { Outgoing } from "../http2/outgoing.ts";
import type { RequestHead } from "../http2/request-head.ts";
import type { Session } from "../http2/session.ts";
import { Http2Stream } from "../http2/stream.ts";
import type { PlainAnswer, PlainReply, PlainRequest } from "../plain-call.ts";
import type { CallContext } from "./call-context.ts";
import { plainHead } from "./reply-frames.ts";

const FAILED: PlainReply = { status: 500, headers: {}, body: new Uint8Array(0) };

/** One request that is not gRPC's. */
export class PlainStream extends Http2Stream implements PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
  readonly #context: CallContext;
  readonly #controller = new AbortController();
  #reply: PlainReply | undefined = undefined;

  constructor(
    session: Session,
    head: RequestHead,
    rawHeaders: readonly string[],
    context: CallContext,
  ) {
    super(session, head.contentLength);
    this.method = head.method;
    this.path = head.path;
    this.rawHeaders = rawHeaders;
    this.#context = context;
    this.body = new Readable({ read: () => this.session.post(this) });
    // Who reads it hears of errors; who does not has no use for them.
    this.body.on("error", () => undefined);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  override get lasts(): boolean {
    return false;
  }

  override get takesMore(): boolean {
    return this.body.readableLength < this.body.readableHighWaterMark;
  }

  /** Lets the request be answered. */
  open(answer: PlainAnswer): void {
    const settle = (reply: PlainReply): void => {
      this.#reply = reply;
      this.session.post(this);
    };
    const fail = (error: unknown): void => {
      this.#context.onError(error, this.path);
      settle(FAILED);
    };
    try {
      answer(this).then(settle, fail);
    } catch (error) {
      fail(error);
    }
  }

  override onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    this.session.hold(this, end - start);
    if (this.isClosed) return;
    if (end > start) this.body.push(bytes.subarray(start, end));
    if (isEnd) this.body.push(null);
  }

  override onTurn(): void {
    if (this.#reply === undefined) {
      if (this.takesMore && !this.isRemoteClosed) this.session.giveWindow(this);
      return;
    }
    if (this.outgoing === undefined) this.#send(this.#reply);
  }

  #send({ status, headers, body }: PlainReply): void {
    const { session } = this;
    const isBodyless = this.method === "HEAD" || body.length === 0;
    const fields = Object.entries({ ...headers, "content-length": String(body.length) });
    session.output.madeFrame(plainHead(status, fields, isBodyless), this.id);
    if (isBodyless) {
      session.endStream(this);
      return;
    }
    this.answeredAtMs = session.nowMs;
    this.outgoing = new Outgoing();
    this.outgoing.add(body);
    this.outgoing.end(undefined);
    session.sender.wake(this);
    session.hold(this, body.length);
  }

  override onSlowRequest(): void {
    this.session.resetStream(this, CANCEL);
  }

  override onNoRoom(): void {
    this.session.resetStream(this, CANCEL);
  }

  override onClosed(isCut: boolean): void {
    this.outgoing?.clear();
    const error = new FeatureStoreError("CANCELLED", "the caller is gone");
    if (!this.body.readableEnded) this.body.destroy(isCut ? error : undefined);
    if (isCut) this.#controller.abort(error);
  }
}
