import { FeatureStoreError } from "@ofs/platform";
import type { FastifyInstance } from "fastify";

/** Deeper ones are nobody's: a change's payload has four levels. */
const MAX_DEPTH = 32;

/** Names that would change what objects are. */
const FORBIDDEN_NAMES = ["__proto__", "constructor", "prototype"];

/** Reads JSON bodies. An empty one is none: clients announce JSON also where they send nothing. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_, text, done) => {
    try {
      done(null, parseBody(String(text)));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

function parseBody(text: string): unknown {
  if (text.trim() === "") return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new FeatureStoreError("INVALID_ARGUMENT", `the body is no JSON: ${reason}`, { cause });
  }
  assertHarmless(body, 1);
  return body;
}

function assertHarmless(value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) {
    const message = `the body is nested more than ${MAX_DEPTH} levels deep`;
    throw new FeatureStoreError("INVALID_ARGUMENT", message);
  }
  for (const name of FORBIDDEN_NAMES) {
    if (!Object.hasOwn(value, name)) continue;
    throw new FeatureStoreError("INVALID_ARGUMENT", `the body must have no field ${name}`);
  }
  for (const part of Object.values(value)) assertHarmless(part, depth + 1);
}
