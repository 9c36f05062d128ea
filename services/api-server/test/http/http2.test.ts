import { once } from "node:events";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { text } from "node:stream/consumers";
import { retrieve } from "@ofs/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { credentialsOf, openTestApi, readerOf, type TestApi } from "../support/test-api.ts";
import { TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const RETRIEVE = "/api/v1/features/retrieve";
  const BODY = `{"entity_label":"user","keys_schema":["user_id"],"keys":[{"cols":["1"]}]}`;

  let api: TestApi;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    api = await openTestApi([readerOf("ranker")], undefined, undefined, transport);
    session = connect(`http://127.0.0.1:${api.port}`);
  });

  afterEach(async () => {
    session.close();
    await api.front.drain(AbortSignal.timeout(2_000));
  });

  interface Reply {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  async function send(headers: Record<string, string>, body = ""): Promise<Reply> {
    const stream = session.request(headers, { endStream: body === "" });
    if (body !== "") stream.end(body);
    const [answered] = (await once(stream, "response")) as [IncomingHttpHeaders];
    return { headers: answered, body: await text(stream) };
  }

  test("health over HTTP/2", async () => {
    const { headers, body } = await send({ ":path": "/health/self?x" });
    expect(headers).toMatchObject({
      ":status": 200,
      "content-type": "application/json; charset=utf-8",
    });
    expect(JSON.parse(body)).toBeTypeOf("object");
    const head = await send({ ":path": "/health/self", ":method": "HEAD" });
    expect(head.headers).toMatchObject({ ":status": 200, "content-length": `${body.length}` });
    expect(head.body).toBe("");
    const wrong = await send({ ":path": "/health/self", ":method": "DELETE" });
    expect(wrong.headers).toMatchObject({ ":status": 405, allow: "GET, HEAD" });
  });

  test("features over HTTP/2, with the caller's headers", async () => {
    const response = retrieve.Result.encode({ entityLabel: "user" }).finish();
    api.engine.answer = async () => ({ response, degradedCellCount: 0 });
    const post = { ":path": RETRIEVE, ":method": "POST" };
    const answer = await send({ ...post, ...credentialsOf("ranker") }, BODY);
    expect(answer.headers[":status"]).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ entityLabel: "user" });
    expect((await send(post, BODY)).headers[":status"]).toBe(400);
    expect((await send({ ...post, ...credentialsOf("nobody") }, BODY)).headers[":status"]).toBe(
      401,
    );
  });

  test("a body that is too large is refused, the connection stays usable", async () => {
    const post = { ":path": RETRIEVE, ":method": "POST", ...credentialsOf("ranker") };
    const { headers } = await send(post, "x".repeat(5 * 1024 * 1024));
    expect(headers[":status"]).toBe(413);
    expect((await send({ ":path": "/health/self" })).headers[":status"]).toBe(200);
  });

  test("other paths are gRPC's", async () => {
    const method = "/retrieve.FeatureService/RetrieveFeatures";
    for (const path of [method, "/no/such"]) {
      expect((await send({ ":path": path, ":method": "POST" })).headers[":status"]).toBe(415);
    }
  });
});
