import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { SESSION_COOKIE } from "./cookies.ts";

const DESCRIPTION = `Requests for changes of the feature store's registry, decisions about them, and what there is.

Failures have one form: \`error\` for people, \`code\` for programs, and \`problems\` where single fields are at fault. Reads
carry an \`etag\`; changes may carry an \`Idempotency-Key\`.`;

/** Gathers the routes that are added after it. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Online feature store: control plane", description: DESCRIPTION, version },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
          cookie: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
        },
      },
      security: [{ token: [] }, { cookie: [] }],
    },
    transform: ({ schema, url, route, ...rest }) => {
      const transformed = jsonSchemaTransform({ schema, url, route, ...rest });
      const operationId = operationIdOf(String(route.method), url);
      const security = route.config?.access === "public" ? { security: [] } : {};
      return { ...transformed, schema: { operationId, ...transformed.schema, ...security } };
    },
    transformObject: jsonSchemaTransformObject,
  });
}

/** What generated clients call it: `POST /api/v1/online-feature-store/register-store` is `postRegisterStore`. */
function operationIdOf(method: string, url: string): string {
  const words = url.replace(/^\/api\/v1\/(?:online-feature-store\/)?/, "").match(/[a-z]+/gi) ?? [];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return method.toLowerCase() + name;
}

/** `/openapi.json`, and a page that shows it. Its scripts come from this process. */
export async function documentationRoutes(app: FastifyInstance): Promise<void> {
  app.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, () =>
    app.swagger(),
  );
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public" };
    });
    await scope.register(swaggerUi, {
      routePrefix: "/docs",
      uiConfig: { url: "/openapi.json", deepLinking: true },
    });
  });
}
