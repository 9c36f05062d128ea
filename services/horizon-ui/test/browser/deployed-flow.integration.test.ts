import { afterAll, beforeAll, expect, it } from "vitest";
import type { Deployment } from "./support/fleet.ts";
import { startOnRealServers } from "./support/real-servers.ts";
import { tellStory } from "./support/story.ts";

const START_MS = 300_000;
const STORY_MS = 300_000;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await startOnRealServers();
}, START_MS);

afterAll(() => deployment.close());

it(
  "leads from the first sign-in to a value on the screen, over MariaDB, etcd and Cassandra",
  async () => {
    await tellStory(await deployment.open(), deployment);
    expect(deployment.faults).toEqual([]);
  },
  STORY_MS,
);
