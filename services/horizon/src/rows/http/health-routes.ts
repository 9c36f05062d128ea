import type { FastifyInstance } from "fastify";

/** What the row dialect's health is made of, by name. Each rejects where it is down. */
export type RowChecks = Readonly<Record<string, () => Promise<void>>>;

/** `/healthcheck`: 200 if everything answers, else 503. */
export function rowHealthRoute(app: FastifyInstance, checks: RowChecks): void {
  const config = { access: "public", rateLimit: false } as const;
  for (const url of ["/healthcheck", "/healthcheck/"]) {
    app.get(url, { config, schema: { hide: true } }, async (request, reply) => {
      const entries = Object.entries(checks).map(async ([name, check]) => {
        try {
          await check();
          return [name, "UP"] as const;
        } catch (err) {
          request.log.warn({ err, check: name }, "a check of the row dialect fails");
          return [name, "DOWN"] as const;
        }
      });
      const data = Object.fromEntries(await Promise.all(entries));
      const isUp = Object.values(data).every((state) => state === "UP");
      return reply
        .code(isUp ? 200 : 503)
        .header("cache-control", "no-store")
        .type("application/json")
        .send(JSON.stringify({ data }));
    });
  }
}
