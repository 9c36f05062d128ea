import { createLogger, Health } from "@ofs/platform";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { Registry } from "prom-client";
import { LoginGuard } from "../../src/auth/login-guard.ts";
import { PasswordHasher } from "../../src/auth/password-hasher.ts";
import { Sessions } from "../../src/auth/sessions.ts";
import { SignIn } from "../../src/auth/sign-in.ts";
import { TokenSigner } from "../../src/auth/token-signer.ts";
import { UserAccounts } from "../../src/auth/user-accounts.ts";
import type { Role, User } from "../../src/database/ports.ts";
import { type AppDeps, type AppSettings, createApp } from "../../src/http/app.ts";
import { HttpMetrics } from "../../src/http/http-metrics.ts";
import { FakeChanges } from "./fake-changes.ts";
import { MemoryDatabase } from "./memory-database.ts";

export const PASSWORD = "Correct-Horse-7";
export const SECRET = "a secret for tests, long enough to be one";

const MAX_FAILURES = 3;
const LOCK_MS = 60_000;

const SETTINGS: AppSettings = {
  version: "0.0.0",
  maxRequestBytes: 64 * 1024,
  corsOrigins: [],
  trustedProxies: [],
  requestsPerMinute: 100_000,
  loginsPerMinute: 100_000,
  isCookieSecure: false,
  uiFolder: undefined,
  tls: undefined,
};

/** The whole HTTP side over a database in memory, with a clock that stands. */
export class TestApp {
  readonly database = new MemoryDatabase();
  readonly changes = new FakeChanges(this.database);
  readonly health = new Health();
  readonly hasher = new PasswordHasher(4);
  readonly metrics = new Registry();
  /** Lines of the log, as they are written. */
  readonly logged: Record<string, unknown>[] = [];
  nowMs = Date.now();
  app!: FastifyInstance;

  /** @param plugins routes of other parts, over the same database */
  static async create(
    settings: Partial<AppSettings> = {},
    plugins: (database: MemoryDatabase) => AppDeps["plugins"] = () => [],
  ): Promise<TestApp> {
    const test = new TestApp();
    const { database, hasher, metrics } = test;
    const now = (): number => test.nowMs;
    const httpMetrics = new HttpMetrics(metrics);
    const signer = new TokenSigner(SECRET, [], 3_600);
    const sessions = new Sessions(database, signer, now);
    const guard = new LoginGuard(database.users, { maxFailures: MAX_FAILURES, lockMs: LOCK_MS });
    const common = { users: database.users, audit: database.audit, sessions, hasher, now };
    const onLogin = httpMetrics.login.bind(httpMetrics);
    test.app = await createApp(
      { ...SETTINGS, ...settings },
      {
        database,
        changes: test.changes,
        sessions,
        signIn: new SignIn({ ...common, guard, onLogin }),
        accounts: new UserAccounts(common),
        health: test.health,
        metrics,
        httpMetrics,
        log: createLogger({
          service: "horizon",
          level: "INFO",
          destination: { write: (line) => void test.logged.push(JSON.parse(line)) },
        }),
        now,
        plugins: plugins(database),
      },
    );
    return test;
  }

  async addUser(email: string, role: Role, change: Partial<User> = {}): Promise<void> {
    await this.database.users.create({
      firstName: "Ada",
      lastName: "Example",
      email,
      passwordHash: await this.hasher.hash(PASSWORD),
      role,
      isActive: true,
      mustChangePassword: false,
      failedLoginCount: 0,
      lockedUntilMs: 0,
      ...change,
    });
  }

  /** @returns a token of somebody with the role, who is added if need be */
  async tokenOf(role: Role): Promise<string> {
    const email = `${role}@example.org`;
    if ((await this.database.users.findByEmail(email)) === undefined) {
      await this.addUser(email, role);
    }
    return (await this.login(email)).json<{ token: string }>().token;
  }

  login(email: string, password = PASSWORD): Promise<LightMyRequestResponse> {
    return this.app.inject({ method: "POST", url: "/login", payload: { email, password } });
  }

  /** Calls with a token. */
  call(
    token: string,
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    payload?: InjectOptions["payload"],
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return this.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  close(): Promise<void> {
    return this.app.close().then(() => undefined);
  }
}
