import { timingSafeEqual } from "node:crypto";
import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Actor } from "../apply/ports.ts";
import { isPermitted, type Permission } from "../auth/roles.ts";
import type { Session, Sessions } from "../auth/sessions.ts";
import { SESSION_COOKIE } from "./cookies.ts";

/**
 * Who may call a route: `public` = everybody, `open` = everybody, and who is signed in is known; `signed-in` = also those who must change their password first. Routes that
 * say nothing want `read`.
 */
export type Access = "public" | "open" | "signed-in" | Permission;

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who calls; undefined on public routes, and on open ones of strangers. */
    session: Session | undefined;
  }
}

/** Sent back with changes that a browser asks for by cookie. */
export const CSRF_HEADER = "x-csrf-token";

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Checks each request before its body is read. */
export function guardRoutes(
  app: FastifyInstance,
  sessions: Sessions,
  allowedOrigins: readonly string[],
): void {
  app.decorateRequest("session", undefined);
  app.addHook("onRequest", async (request) => {
    if (request.is404 || request.method === "OPTIONS") return;
    assertOrigin(request, allowedOrigins);
    const access = request.routeOptions.config.access ?? "read";
    if (access === "public") return;
    if (access === "open") {
      request.session = await knownSession(request, sessions);
      return;
    }
    const session = await sessionOf(request, sessions);
    request.session = session;
    if (access === "signed-in") return;
    if (session.user.mustChangePassword) {
      throw new FeatureStoreError(
        "PERMISSION_DENIED",
        "the password must be changed first: POST /api/v1/horizon/change-password",
      );
    }
    if (!isPermitted(session.user.role, access)) {
      throw new FeatureStoreError("PERMISSION_DENIED", "not authorized to process request");
    }
  });
}

/** The caller of a route that is not public. */
export function sessionOfCaller(request: FastifyRequest): Session {
  if (request.session !== undefined) return request.session;
  throw new FeatureStoreError("UNAUTHENTICATED", "Authorization header is missing");
}

/** The caller, as changes name it. */
export function actorOf(request: FastifyRequest): Actor {
  const { email, role } = sessionOfCaller(request).user;
  return { email, role };
}

async function sessionOf(request: FastifyRequest, sessions: Sessions): Promise<Session> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (token !== undefined) return sessions.find(token);
    throw new FeatureStoreError("UNAUTHENTICATED", "Authorization header must be 'Bearer <token>'");
  }
  const cookie = request.cookies[SESSION_COOKIE];
  if (!cookie) throw new FeatureStoreError("UNAUTHENTICATED", "Authorization header is missing");
  const session = await sessions.find(cookie);
  if (!SAFE_METHODS.includes(request.method)) assertCsrf(request, session);
  return session;
}

/** Whoever has proved who they are; nobody where that fails, also because sessions cannot be looked up. */
async function knownSession(
  request: FastifyRequest,
  sessions: Sessions,
): Promise<Session | undefined> {
  const isClaimed = request.headers.authorization ?? request.cookies[SESSION_COOKIE];
  if (isClaimed === undefined) return undefined;
  try {
    return await sessionOf(request, sessions);
  } catch (error) {
    if (error instanceof FeatureStoreError) return undefined;
    throw error;
  }
}

/** A browser adds the cookie by itself, but only our pages know the token. */
function assertCsrf(request: FastifyRequest, { csrfToken }: Session): void {
  const given = request.headers[CSRF_HEADER];
  const expected = Buffer.from(csrfToken);
  const actual = Buffer.from(typeof given === "string" ? given : "");
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
  throw new FeatureStoreError(
    "PERMISSION_DENIED",
    `the ${CSRF_HEADER} header ${given === undefined ? "is missing" : "is not valid"}`,
  );
}

/** Pages of foreign origins change nothing here, whatever they know. */
function assertOrigin(request: FastifyRequest, allowed: readonly string[]): void {
  const { origin } = request.headers;
  if (origin === undefined || SAFE_METHODS.includes(request.method)) return;
  if (allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === request.host) return;
  throw new FeatureStoreError("PERMISSION_DENIED", `origin ${origin.slice(0, 200)} is not allowed`);
}
