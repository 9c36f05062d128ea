import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { permissionsOf, wireRoleOf } from "../auth/roles.ts";
import type { NewSession } from "../auth/sessions.ts";
import type { SignIn } from "../auth/sign-in.ts";
import type { UserAccounts } from "../auth/user-accounts.ts";
import { sessionOfCaller } from "./access.ts";
import { clearSessionCookies, setSessionCookies } from "./cookies.ts";
import {
  accessRoleSchema,
  commonFailures,
  errorSchema,
  messageSchema,
  shortText,
  wireRoleSchema,
} from "./schemas.ts";

const TAGS = ["Sign-in"];

const registerBody = z.object({
  first_name: shortText,
  last_name: shortText,
  email: shortText,
  password: shortText,
});

const loginBody = z.object({ email: shortText, password: shortText });

const passwordBody = z.object({ "current-password": shortText, "new-password": shortText });

const sessionReply = z.object({
  email: z.string(),
  role: wireRoleSchema,
  token: z.string(),
  "access-role": accessRoleSchema,
  "csrf-token": z.string(),
  "expires-at": z.string(),
  "must-change-password": z.boolean(),
});

const permissionsReply = z.object({
  role: wireRoleSchema,
  permissions: z.array(z.unknown()),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  "access-role": accessRoleSchema,
  actions: z.array(z.string()),
  "csrf-token": z.string(),
  "must-change-password": z.boolean(),
});

export interface AuthRouteDeps {
  readonly signIn: SignIn;
  readonly accounts: UserAccounts;
  readonly isCookieSecure: boolean;
  /** Of one address; guessing passwords is slower for it. */
  readonly loginsPerMinute: number;
}

/** Registering, signing in and out, the own password, and what the caller may do. */
export function authRoutes(instance: FastifyInstance, deps: AuthRouteDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { signIn, accounts, isCookieSecure } = deps;
  const rateLimit = { max: deps.loginsPerMinute, timeWindow: 60_000 };

  app.post(
    "/register",
    {
      config: { access: "public", rateLimit },
      schema: {
        tags: TAGS,
        summary: "Registers a user, who is inactive until an administrator says otherwise",
        body: registerBody,
        response: { 200: messageSchema, 400: errorSchema, 409: errorSchema, 429: errorSchema },
      },
    },
    async ({ body }) => {
      const { first_name: firstName, last_name: lastName, email, password } = body;
      await accounts.register({ firstName, lastName, email, password });
      return { message: "user registered; an administrator has to activate it" };
    },
  );

  app.post(
    "/login",
    {
      config: { access: "public", rateLimit },
      schema: {
        tags: TAGS,
        summary: "Begins a session: a token for the Authorization header, and cookies for browsers",
        body: loginBody,
        response: { 200: sessionReply, 400: errorSchema, 429: errorSchema },
      },
    },
    async ({ body }, reply) => {
      const session = await signIn.login(body.email, body.password);
      setSessionCookies(reply, session, isCookieSecure);
      return describeSession(session);
    },
  );

  app.post(
    "/api/v1/horizon/change-password",
    {
      config: { access: "signed-in", rateLimit },
      schema: {
        tags: TAGS,
        summary: "Changes the own password; all other sessions end",
        body: passwordBody,
        response: { 200: sessionReply, ...commonFailures, 429: errorSchema },
      },
    },
    async (request, reply) => {
      const { "current-password": current, "new-password": next } = request.body;
      const session = await signIn.changePassword(sessionOfCaller(request), current, next);
      setSessionCookies(reply, session, isCookieSecure);
      return describeSession(session);
    },
  );
  sessionRoutes(instance, deps);
}

function sessionRoutes(instance: FastifyInstance, { signIn }: AuthRouteDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    "/logout",
    {
      config: { access: "signed-in" },
      schema: {
        tags: TAGS,
        summary: "Ends the session",
        response: { 200: messageSchema, ...commonFailures },
      },
    },
    async (request, reply) => {
      await signIn.logout(sessionOfCaller(request));
      clearSessionCookies(reply);
      return { message: "logged out" };
    },
  );

  app.post(
    "/api/v1/horizon/logout-everywhere",
    {
      config: { access: "signed-in" },
      schema: {
        tags: TAGS,
        summary: "Ends all sessions of the caller",
        response: {
          200: z.object({ message: z.string(), sessions: z.number() }),
          ...commonFailures,
        },
      },
    },
    async (request, reply) => {
      const sessions = await signIn.logoutEverywhere(sessionOfCaller(request));
      clearSessionCookies(reply);
      return { message: "logged out everywhere", sessions };
    },
  );

  app.get(
    "/api/v1/horizon/permission-by-role",
    {
      config: { access: "signed-in" },
      schema: {
        tags: TAGS,
        summary: "Who the caller is, and what they may do",
        response: { 200: permissionsReply, ...commonFailures },
      },
    },
    (request) => {
      const { user, csrfToken } = sessionOfCaller(request);
      return {
        role: wireRoleOf(user.role),
        permissions: [],
        email: user.email,
        first_name: user.firstName,
        last_name: user.lastName,
        "access-role": user.role,
        actions: [...permissionsOf(user.role)],
        "csrf-token": csrfToken,
        "must-change-password": user.mustChangePassword,
      };
    },
  );

  app.post(
    "/track-session",
    {
      config: { access: "signed-in" },
      schema: {
        tags: TAGS,
        summary: "For existing clients: names the session that they report",
        body: z.unknown(),
        response: { 200: z.object({ sessionId: z.string() }), ...commonFailures },
      },
    },
    (request) => ({ sessionId: sessionOfCaller(request).tokenHash.slice(0, 32) }),
  );
}

function describeSession(session: NewSession): z.output<typeof sessionReply> {
  const { user, token, csrfToken, expiresAtMs } = session;
  return {
    email: user.email,
    role: wireRoleOf(user.role),
    token,
    "access-role": user.role,
    "csrf-token": csrfToken,
    "expires-at": new Date(expiresAtMs).toISOString(),
    "must-change-password": user.mustChangePassword,
  };
}
