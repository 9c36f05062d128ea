import "@fastify/cookie";
import type { FastifyReply } from "fastify";
import type { NewSession } from "../auth/sessions.ts";

/** Holds the session's token; scripts cannot read it. */
export const SESSION_COOKIE = "ofs_session";

/** Holds what scripts of our pages send back in a header. */
export const CSRF_COOKIE = "ofs_csrf";

const COMMON = { path: "/", sameSite: "strict" } as const;

export function setSessionCookies(
  reply: FastifyReply,
  { token, csrfToken, expiresAtMs }: NewSession,
  isSecure: boolean,
): void {
  const expires = new Date(expiresAtMs);
  const options = { ...COMMON, expires, secure: isSecure };
  reply.setCookie(SESSION_COOKIE, token, { ...options, httpOnly: true });
  reply.setCookie(CSRF_COOKIE, csrfToken, options);
}

export function clearSessionCookies(reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, COMMON);
  reply.clearCookie(CSRF_COOKIE, COMMON);
}
