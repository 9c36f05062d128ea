import { AdminGuard, type HttpRoute, HttpServer } from "@ofs/http";
import { createLogger } from "@ofs/platform";

/** An answer, its body parsed. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  readonly body: any;
}

/** Routes on a port of their own. */
export interface TestHttp {
  readonly port: number;
  call(path: string, init?: RequestInit): Promise<TestAnswer>;
  close(): Promise<void>;
}

export async function startTestHttp(
  routes: readonly HttpRoute[],
  token?: string,
): Promise<TestHttp> {
  const log = createLogger({ service: "consumer", level: "DISABLED" });
  const server = await HttpServer.listen(routes, {
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    guard: new AdminGuard(token),
    log,
  });
  const { port } = server;
  return {
    port,
    async call(path, init = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: parse(text) };
    },
    // Without the time that clients have for one more request.
    close: () => server.close(AbortSignal.abort()),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
