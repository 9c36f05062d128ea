import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@ofs/client";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import type { EmbeddedFleet } from "../support/fleet.ts";
import { Operator } from "../support/operator.ts";
import { entityBody, featuresBody, groupBody, storeBody } from "../support/seeds.ts";

/** Of the sample. */
const CALLER = "quickstart";
/** The store that is registered here: after the three of the sample. */
const USER_STORE = 4;
/** Between two reads. */
const PAUSE_MS = 10;
const FILMS = ["inception", "the-dark-knight", "avatar", "up"];

interface People {
  readonly admin: Operator;
  readonly author: Operator;
  readonly approver: Operator;
}

/** Makes a fleet look as if people had worked with it: users, requests in all states, versions, drift. */
export async function fillFleet(fleet: EmbeddedFleet): Promise<void> {
  const people = await addPeople(fleet);
  await approveThings(people);
  await leaveThingsOpen(people);
  await makeDrift(fleet.dataFolder);
}

async function addPeople({ origin, admin }: EmbeddedFleet): Promise<People> {
  const administrator = await Operator.signIn(origin, admin.email, admin.password);
  const add = (firstName: string, lastName: string, role: "viewer" | "author" | "approver") => {
    const email = `${firstName.toLowerCase()}@example.org`;
    return administrator.addUser({ email, firstName, lastName, role });
  };
  const author = await add("Mira", "Okafor", "author");
  const approver = await add("Jonas", "Lindqvist", "approver");
  await add("Priya", "Raman", "viewer");
  return { admin: administrator, author, approver };
}

async function approveThings({ author, approver }: People): Promise<void> {
  const make = async (...[kind, body]: Parameters<Operator["ask"]>): Promise<void> =>
    approver.decide(kind, await author.ask(kind, body));
  await make("store", storeBody("user_features", ["user_id"]));
  const writer = { "job-type": "writer", "job-id": "daily_ratings" };
  await make("job", { ...writer, token: "a-token-of-the-daily-ratings" });
  const reader = { "job-type": "reader", "job-id": "ranking-service" };
  await make("job", { ...reader, token: "a-token-of-the-ranking-service" });
  const mistaken = await author.ask("entity", entityBody("film", ["film_id"]));
  await approver.decide(
    "entity",
    mistaken,
    "There is an entity movie already: please add your group to it.",
  );
  await make("entity", entityBody("user", ["user_id"], { confId: 1, ttl: 60 }));
  const added = [{ label: "audience_votes", default: "-1", source: "TABLE|films.daily|votes" }];
  await make("features-add", featuresBody("movie", "ratings", added));
}

async function leaveThingsOpen({ author, approver }: People): Promise<void> {
  const click = { label: "ctr_7d", default: "0.05", source: "TABLE|ads.user_ctr|ctr_7d" };
  const cart = { label: "cart_value_30d", default: "0", source: "TABLE|shop.carts|value_30d" };
  const group = { entity: "user", label: "behaviour", job: "daily_ratings", storeId: USER_STORE };
  await author.ask("feature-group", groupBody({ ...group, ttl: 604_800, features: [click, cart] }));
  await author.ask("store", storeBody("session_features", ["session_id"]));
  const labels = { "entity-label": "movie", "feature-group-label": "ratings" };
  await author.ask("features-delete", { ...labels, "feature-labels": ["rotten_tomatoes"] });
  const twice = featuresBody("route", "counts", [{ label: "cancelled", default: "0" }]);
  const first = await author.ask("features-add", twice);
  await approver.decide(
    "features-add",
    first,
    "Counts of cancelled flights belong into a group of their own.",
  );
}

/**
 * Reads films until it is stopped, so that there is something to see where calls are counted.
 *
 * @returns what stops it; rejects if a read has failed
 */
export function keepReading(address: string): () => Promise<void> {
  const client = createClient({ address, callerId: CALLER, callerToken: CALLER });
  const keys = FILMS.map((film) => ({ movie_id: film }));
  let isStopped = false;
  const read = async (): Promise<void> => {
    while (!isStopped) {
      await client.retrieve({ entity: "movie", keys, features: { ratings: ["imdb_rating"] } });
      await delay(PAUSE_MS);
    }
  };
  const reading = read();
  // It is told by whoever stops it; until then nobody waits for it.
  reading.catch(() => undefined);
  return async () => {
    isStopped = true;
    await reading.finally(() => client.close());
  };
}

/** As somebody would who edits the registry by hand. */
async function makeDrift(dataFolder: string): Promise<void> {
  const embedded = openEmbeddedEnvironment(dataFolder);
  const registry = new EmbeddedRegistrySource(embedded);
  const put = (path: string, value: string) => ({ path, value: Buffer.from(value) });
  await registry.write([
    put("entities/user/in-memory-cache/ttl-in-seconds", "600"),
    put("entities/user/in-memory-cache/enabled", "false"),
    put("source/movie|ratings|tomatoes", "TABLE|films.daily|tomatoes|-1"),
    put("entities/route/feature-groups/counts/job-id", "flights_job"),
  ]);
  await registry.close();
  await embedded.close();
}
