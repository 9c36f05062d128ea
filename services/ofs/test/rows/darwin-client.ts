import { request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** What a call was answered. */
export interface DarwinAnswer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any form
  readonly json: any;
}

/** One call as `darwin_fs` makes it: bodies with GET, too, and no headers but the content type and `upgrade`. */
export async function call(
  origin: string,
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<DarwinAnswer> {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? {}));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = httpRequest(
      `${origin}${path}`,
      {
        method,
        headers: {
          "content-type": "application/json",
          "content-length": String(bytes.length),
          ...headers,
        },
        agent: false,
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(bytes);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, text, json: JSON.parse(text) };
}

/** Repeats a call until its answer is right; the last answer is in the error. */
export async function until(
  ask: () => Promise<DarwinAnswer>,
  isRight: (answer: DarwinAnswer) => boolean,
  timeoutMs = 60_000,
): Promise<DarwinAnswer> {
  const endsAtMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (performance.now() > endsAtMs) throw new Error(`${answer.status} ${answer.text}`);
    await delay(50);
  }
}

/** Column as clients send it. */
export function column(name: string, type: string) {
  return { name, type, description: `${name} of a test`, tags: ["test"] };
}

export function entityBody(tableName: string, keys: Readonly<Record<string, string>>, ttl = 0) {
  return {
    entity: {
      tableName,
      features: Object.entries(keys).map(([name, type]) => column(name, type)),
      primaryKeys: Object.keys(keys),
      ttl,
    },
    owner: "owner@example.com",
    tags: ["test"],
    description: "an entity of a test",
  };
}

export function groupBody(
  name: string,
  entityName: string,
  columns: Readonly<Record<string, string>>,
  versionEnabled = true,
) {
  return {
    featureGroup: {
      featureGroupName: name,
      entityName,
      features: Object.entries(columns).map(([column_, type]) => column(column_, type)),
      featureGroupType: "ONLINE",
      versionEnabled,
    },
    owner: "owner@example.com",
    tags: ["test"],
    description: "a feature group of a test",
  };
}
