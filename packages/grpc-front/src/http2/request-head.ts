import { type HeaderField, HeaderKind } from "../hpack/header-field.ts";

const LAST_PROPER_KIND = HeaderKind.contentLength;
const CONTENT_LENGTH = /^\d{1,15}$/;

/**
 * The headers of a request that begins, checked as HTTP/2 demands (RFC 9113, 8.3). One object serves all requests of a
 * connection, one after the other: who needs something of it takes it while the stream is opened.
 */
export class RequestHead {
  fields: readonly HeaderField[] = [];
  method = "";
  path = "";
  contentType: string | undefined;
  timeout: string | undefined;
  encoding: string | undefined;
  /** -1 = not told. */
  contentLength = -1;
  #scheme = "";
  #seen = 0;

  /** @returns whether the headers are a proper request */
  read(fields: readonly HeaderField[]): boolean {
    this.fields = fields;
    this.method = "";
    this.path = "";
    this.#scheme = "";
    this.contentType = undefined;
    this.timeout = undefined;
    this.encoding = undefined;
    this.contentLength = -1;
    this.#seen = 0;
    let isPseudoOver = false;
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index] as HeaderField;
      const { kind } = field;
      if (kind === HeaderKind.other) {
        isPseudoOver = true;
      } else if (kind >= HeaderKind.method && kind <= HeaderKind.authority) {
        if (isPseudoOver || !this.#takePseudo(kind, field.value)) return false;
      } else {
        isPseudoOver = true;
        if (!this.#takeKnown(kind, field.value)) return false;
      }
    }
    return this.method !== "" && this.path !== "" && this.#scheme !== "";
  }

  #takePseudo(kind: HeaderKind, value: string): boolean {
    const bit = 1 << kind;
    if ((this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    if (kind === HeaderKind.path) this.path = value;
    else if (kind === HeaderKind.method) this.method = value;
    else if (kind === HeaderKind.scheme) this.#scheme = value;
    return true;
  }

  /** Of headers that come twice the first counts. */
  #takeKnown(kind: HeaderKind, value: string): boolean {
    switch (kind) {
      case HeaderKind.contentType:
        this.contentType ??= value;
        return true;
      case HeaderKind.timeout:
        this.timeout ??= value;
        return true;
      case HeaderKind.encoding:
        this.encoding ??= value;
        return true;
      case HeaderKind.contentLength:
        return this.#takeContentLength(value);
      default:
        return false;
    }
  }

  #takeContentLength(value: string): boolean {
    if (!CONTENT_LENGTH.test(value)) return false;
    const length = Number(value);
    if (this.contentLength >= 0 && this.contentLength !== length) return false;
    this.contentLength = length;
    return true;
  }
}

/** @returns whether headers may stand at the end of a request */
export function areTrailers(fields: readonly HeaderField[]): boolean {
  return fields.every(({ kind }) => {
    return (
      kind === HeaderKind.other || (kind >= HeaderKind.contentType && kind <= LAST_PROPER_KIND)
    );
  });
}
