import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { notFound } from "./error-replies.ts";

const PAGE = "index.html";

/** Bundlers put a hash into names below this, so that they never change. */
const HASHED = /[/\\]assets[/\\]/;
const YEAR_SECONDS = 31_536_000;

/** Below these nothing is a page. */
const API_PATH = /^\/(?:api|docs|metrics|ready|health|openapi\.json)(?:\/|$|\?)/;

/**
 * Serves a web UI from a folder: its files, and its page for every other path, which the UI itself resolves.
 *
 * @param folder undefined: there is none, and unknown paths are 404
 * @throws {FeatureStoreError} FAILED_PRECONDITION for a folder without a page
 */
export async function serveUi(app: FastifyInstance, folder: string | undefined): Promise<void> {
  if (folder === undefined) {
    app.setNotFoundHandler(notFound);
    return;
  }
  const root = resolve(folder);
  const page = await readPage(root);
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public" };
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(fastifyStatic, {
      root,
      decorateReply: false,
      cacheControl: false,
      setHeaders(response, path) {
        const isFixed = HASHED.test(path);
        const lasting = `public, max-age=${YEAR_SECONDS}, immutable`;
        response.setHeader("cache-control", isFixed ? lasting : "no-cache");
      },
    });
  });
  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) return notFound(request, reply);
    return reply.code(200).header("cache-control", "no-cache").type("text/html").send(page);
  });
}

function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (API_PATH.test(url)) return false;
  return (headers.accept ?? "").includes("text/html");
}

async function readPage(root: string): Promise<Buffer> {
  try {
    return await readFile(join(root, PAGE));
  } catch (cause) {
    const message = `HORIZON_UI_FOLDER ${root}: ${(cause as Error).message}`;
    throw new FeatureStoreError("FAILED_PRECONDITION", message, { cause });
  }
}
