import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";

/**
 * Gives answers of reads a tag of their content; a caller who has it already gets 304. Answers are private and always
 * asked for again: what was revoked is not shown from a cache.
 */
export function tagReads(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead) {
      reply.header("cache-control", "no-store");
      return payload;
    }
    const type = String(reply.getHeader("content-type") ?? "");
    const isTagged = reply.statusCode === 200 && type.startsWith("application/json");
    if (!isTagged || typeof payload !== "string" || reply.hasHeader("cache-control"))
      return payload;
    const tag = `"${createHash("sha256").update(payload).digest("base64url").slice(0, 27)}"`;
    reply.header("etag", tag);
    reply.header("cache-control", "private, no-cache");
    reply.header("vary", "authorization, cookie, origin");
    if (!matches(request.headers["if-none-match"], tag)) return payload;
    reply.code(304);
    reply.removeHeader("content-length");
    reply.removeHeader("content-type");
    return "";
  });
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(",").map((one) => one.trim().replace(/^W\//, ""));
  return tags.includes(tag) || tags.includes("*");
}
