import { FeatureStoreError } from "@ofs/platform";
import type { FrontOptions } from "../front-options.ts";
import { type HeaderField, HeaderKind } from "../hpack/header-field.ts";
import type { RequestHead } from "../http2/request-head.ts";
import type { Session } from "../http2/session.ts";
import type { CallContext } from "./call-context.ts";
import { PlainStream } from "./plain-stream.ts";
import { METHOD_NOT_ALLOWED, statusAnswer, UNSUPPORTED_MEDIA_TYPE } from "./reply-frames.ts";
import { sendableStatus } from "./status-text.ts";
import { StreamingStream } from "./streaming-stream.ts";
import { parseTimeout } from "./timeout.ts";
import { UnaryStream } from "./unary-stream.ts";

const CONTENT_TYPE = "application/grpc";
const PLUS = 0x2b;
const SEMICOLON = 0x3b;

/** Longest part of a path that is told back. */
const MAX_SHOWN_LENGTH = 200;

/** Makes calls of requests, or refuses them. */
export class Calls {
  callCount = 0;
  refusedCount = 0;
  readonly #options: FrontOptions;
  readonly #context: CallContext;
  readonly #refusal: Uint8Array;

  constructor(options: FrontOptions, context: CallContext) {
    this.#options = options;
    this.#context = context;
    const text = options.admission?.refusalText ?? "";
    this.#refusal = answerOf(
      new FeatureStoreError("RESOURCE_EXHAUSTED", text),
      Number.POSITIVE_INFINITY,
    );
  }

  /** See `SessionHost`. */
  onRequest(session: Session, head: RequestHead, isEnd: boolean): void {
    const handler = this.#options.routes.get(head.path);
    if (handler === undefined && this.#isOther(session, head, isEnd)) return;
    if (!isProper(session, head, isEnd)) return;
    const deadlineMs = deadlineOf(head.timeout);
    if (deadlineMs === undefined) {
      const text = `Invalid grpc-timeout value "${head.timeout}"`;
      this.#refuse(session, new FeatureStoreError("INTERNAL", text), isEnd);
      return;
    }
    if (this.#options.admission?.admits(head.path) === false) {
      this.refusedCount += 1;
      session.refuse(this.#refusal, isEnd);
      return;
    }
    this.callCount += 1;
    if (handler !== undefined) {
      const stream = new UnaryStream(session, head, this.#context, handler, deadlineMs);
      session.add(stream, isEnd);
      return;
    }
    const shown = head.path.slice(0, MAX_SHOWN_LENGTH);
    const text = `The server does not implement the method ${shown}`;
    this.#refuse(session, new FeatureStoreError("UNIMPLEMENTED", text), isEnd);
  }

  /** See `SessionHost`. */
  onTooManyHeaders(session: Session, isEnd: boolean): void {
    const { maxHeaderCount, maxHeaderListBytes } = this.#context.limits;
    const text = `the call has more than ${maxHeaderCount} headers or ${maxHeaderListBytes} bytes of them`;
    this.#refuse(session, new FeatureStoreError("RESOURCE_EXHAUSTED", text), isEnd);
  }

  #isOther(session: Session, head: RequestHead, isEnd: boolean): boolean {
    const streamHandler = this.#options.streams?.get(head.path);
    if (streamHandler !== undefined) {
      if (!isProper(session, head, isEnd)) return true;
      this.callCount += 1;
      const stream = new StreamingStream(session, head, this.#context);
      session.add(stream, false);
      stream.open(streamHandler);
      endIf(isEnd, session, stream);
      return true;
    }
    const { plain } = this.#options;
    if (plain === undefined) return false;
    const rawHeaders = rawHeadersOf(head.fields);
    const answer = plain({ method: head.method, path: head.path, rawHeaders });
    if (answer === undefined) return false;
    const stream = new PlainStream(session, head, rawHeaders, this.#context);
    session.add(stream, isEnd);
    stream.open(answer);
    return true;
  }

  #refuse(session: Session, error: FeatureStoreError, isEnd: boolean): void {
    session.refuse(answerOf(error, session.peer.maxHeaderListBytes), isEnd);
  }
}

/** The handler is to hear of the call before it hears of its end. */
function endIf(isEnd: boolean, session: Session, stream: StreamingStream): void {
  if (isEnd && !stream.isClosed) session.endRemote(stream);
}

function answerOf(error: FeatureStoreError, maxListBytes: number): Uint8Array {
  const { grpc, message } = sendableStatus(error);
  return statusAnswer(grpc, message, maxListBytes);
}

/** @returns whether the request may be a gRPC call; if not, it has been answered */
function isProper(session: Session, head: RequestHead, isEnd: boolean): boolean {
  const { contentType } = head;
  if (contentType !== CONTENT_TYPE && !isGrpcType(contentType)) {
    session.refuse(UNSUPPORTED_MEDIA_TYPE, isEnd);
    return false;
  }
  if (head.method !== "POST") {
    session.refuse(METHOD_NOT_ALLOWED, isEnd);
    return false;
  }
  return true;
}

function isGrpcType(contentType = ""): boolean {
  if (!contentType.startsWith(CONTENT_TYPE)) return false;
  const next = contentType.charCodeAt(CONTENT_TYPE.length);
  return next === PLUS || next === SEMICOLON;
}

/** @returns Unix milliseconds; undefined if the timeout is none */
function deadlineOf(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const timeoutMs = parseTimeout(timeout);
  return timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
}

function rawHeadersOf(fields: readonly HeaderField[]): string[] {
  const raw: string[] = [];
  for (const { kind, name, value } of fields) {
    if (kind >= HeaderKind.method && kind <= HeaderKind.authority) continue;
    raw.push(name, value);
  }
  return raw;
}
