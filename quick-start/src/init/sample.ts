import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createClient, type OfsClient } from "@ofs/client";
import { type Change, ControlPlane } from "./control-plane.ts";
import { required, say } from "./environment.ts";
import { LAKE, s3Client } from "./servers.ts";

const ENTITY = "movie";
/** Who reads and writes: in the documentation, therefore no secret. */
const CALLER = "quickstart";
const TABLE = fileURLToPath(new URL("../../sample/films", import.meta.url));
/** For api-servers to see what was approved, and for the row of a caller to be known. */
const SEEN_WITHIN_MS = 60_000;

const STORE: Change = {
  name: "store movie",
  kind: "store",
  body: {
    "conf-id": 1,
    "db-type": "scylla",
    table: ENTITY,
    "primary-keys": ["movie_id"],
    "table-ttl": 0,
  },
};

const cache = (confId: number, ttlSeconds: number) => ({
  enabled: "true",
  "ttl-in-seconds": ttlSeconds,
  "jitter-percentage": 10,
  "conf-id": confId,
});

const ENTITY_CHANGE: Change = {
  name: "entity movie",
  kind: "entity",
  body: {
    "entity-label": ENTITY,
    "key-map": { "0": { sequence: 0, "entity-label": "movie_id", "column-label": "movie_id" } },
    "distributed-cache": cache(2, 300),
    "in-memory-cache": cache(3, 60),
  },
};

/** The films of a first day; the table in the lake has a second one. */
const FILMS = [
  ["inception", 8.7, 86, "Inception", "Christopher Nolan"],
  ["the-dark-knight", 8.9, 93, "The Dark Knight", "Christopher Nolan"],
  ["toy-story", 8.2, 100, "Toy Story", "John Lasseter"],
] as const;

/**
 * An entity by way of the control plane, as a person would ask for it; its rows by way of the api-server; and a Delta table
 * in S3. What is there already stays.
 */
export async function prepareSample(): Promise<void> {
  await prepareLake();
  const plane = await ControlPlane.signIn(
    required("HORIZON_URL"),
    required("ADMIN_EMAIL"),
    required("ADMIN_PASSWORD"),
  );
  if (await prepareRegistry(plane)) await writeFilms();
  say(`entity ${ENTITY} with ${FILMS.length} films, read by ${CALLER}`);
}

async function prepareLake(): Promise<void> {
  const client = s3Client();
  try {
    for (const name of await readdir(TABLE, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      const key = `films/${path.slice(TABLE.length + 1)}`;
      const body = await readFile(path);
      await client.send(new PutObjectCommand({ Bucket: LAKE, Key: key, Body: body }));
    }
  } finally {
    client.destroy();
  }
  say(`table s3a://${LAKE}/films`);
}

/** @returns whether the last of it was not there before */
async function prepareRegistry(plane: ControlPlane): Promise<boolean> {
  let storeId = await findStore(plane);
  if (storeId === undefined) {
    await plane.carryOut(STORE);
    storeId = await findStore(plane);
  }
  if (storeId === undefined)
    throw new Error(`the store of ${ENTITY} was approved and is not there`);
  for (const type of ["writer", "reader"]) {
    const known = (await plane.read(`get-jobs?jobType=${type}`)) as string[];
    if (known.includes(CALLER)) continue;
    const body = { "job-type": type, "job-id": CALLER, token: CALLER };
    await plane.carryOut({ name: `${type} ${CALLER}`, kind: "job", body });
  }
  if (!((await plane.read("get-entities")) as string[]).includes(ENTITY)) {
    await plane.carryOut(ENTITY_CHANGE);
  }
  let isNew = false;
  for (const change of groups(Number(storeId))) {
    if (await hasGroup(plane, change.label)) continue;
    await plane.carryOut(change);
    isNew = true;
  }
  return isNew;
}

async function findStore(plane: ControlPlane): Promise<string | undefined> {
  const stores = (await plane.read("get-store")) as Record<string, { table: string }>;
  return Object.keys(stores).find((id) => stores[id]?.table === ENTITY);
}

async function hasGroup(plane: ControlPlane, label: string): Promise<boolean> {
  const path = `get-feature-groups?entityLabel=${ENTITY}`;
  return ((await plane.read(path)) as { label: string }[]).some((group) => group.label === label);
}

function groups(storeId: number): (Change & { label: string })[] {
  const group = (label: string, dataType: string, features: readonly unknown[]) => ({
    name: `feature group ${label}`,
    label,
    kind: "feature-group" as const,
    body: {
      "entity-label": ENTITY,
      "fg-label": label,
      "job-id": CALLER,
      "store-id": storeId,
      "ttl-in-seconds": 0,
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": true,
      "data-type": dataType,
      "layout-version": 1,
      features,
    },
  });
  return [
    group("ratings", "DataTypeFP32", [
      feature("imdb_rating", "-1"),
      feature("rotten_tomatoes", "-1"),
    ]),
    group("facts", "DataTypeString", [
      feature("title", "unknown", 96),
      feature("director", "unknown", 48),
    ]),
  ];
}

function feature(label: string, defaultValue: string, stringLength = 0) {
  return {
    labels: label,
    "default-values": defaultValue,
    "source-base-path": "lake.films",
    "source-data-column": label,
    "storage-provider": "TABLE",
    "string-length": String(stringLength),
    "vector-length": "0",
  };
}

async function writeFilms(): Promise<void> {
  const client = createClient({
    address: required("API_SERVER_ADDRESS"),
    callerId: CALLER,
    callerToken: CALLER,
  });
  try {
    await writeOnceSeen(client);
  } finally {
    client.close();
  }
}

/** What was approved is served a moment later: until then the caller or the entity is not known. */
async function writeOnceSeen(client: OfsClient): Promise<void> {
  const rows = FILMS.map(([id, imdb, tomatoes, title, director]) => ({
    keys: { movie_id: id },
    values: {
      ratings: { imdb_rating: imdb, rotten_tomatoes: tomatoes },
      facts: { title, director },
    },
  }));
  const deadline = performance.now() + SEEN_WITHIN_MS;
  for (;;) {
    try {
      await client.persist({ entity: ENTITY, rows });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
