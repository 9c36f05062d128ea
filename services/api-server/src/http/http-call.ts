import { FeatureStoreError, type UnaryCall } from "@ofs/platform";
import { firstHeader, type HttpRequest, type HttpResponse, isGone } from "./http-request.ts";

/** An HTTP request behind the transport port, so that the handlers of gRPC serve it. */
export class HttpCall implements UnaryCall {
  readonly method: string;
  /** HTTP clients have no way to tell theirs. */
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #encode: (() => Uint8Array) | undefined;
  #controller: AbortController | undefined;

  /**
   * @param method full name of the gRPC method
   * @param encode makes the message's bytes of the body; called when a handler asks for them, so that a caller is
   * known before its body is looked into
   */
  constructor(
    method: string,
    request: HttpRequest,
    response: HttpResponse,
    encode?: () => Uint8Array,
  ) {
    this.method = method;
    this.#request = request;
    this.#response = response;
    this.#encode = encode;
  }

  header(name: string): string | undefined {
    return firstHeader(this.#request, name);
  }

  get request(): Uint8Array {
    return this.#encode?.() ?? new Uint8Array(0);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      const onClose = (): void => {
        if (this.#response.writableEnded) return;
        controller.abort(new FeatureStoreError("CANCELLED", "the caller is gone"));
      };
      if (isGone(this.#response)) onClose();
      else this.#response.once("close", onClose);
    }
    return this.#controller.signal;
  }
}
