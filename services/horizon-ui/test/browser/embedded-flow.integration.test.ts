import { afterAll, beforeAll, expect, it } from "vitest";
import { type Deployment, startEmbeddedFleet } from "./support/fleet.ts";
import { tellStory } from "./support/story.ts";

const START_MS = 240_000;
const STORY_MS = 300_000;

let fleet: Deployment;

beforeAll(async () => {
  fleet = await startEmbeddedFleet();
}, START_MS);

afterAll(() => fleet.close());

it(
  "leads from the first sign-in to a value on the screen, everything in one process",
  async () => {
    await tellStory(await fleet.open(), fleet);
    expect(fleet.faults).toEqual([]);
  },
  STORY_MS,
);
