import { describe, expect, test } from "vitest";
import { type CacheUse, createFleet, type FleetProcess } from "./fleet.ts";
import { forEachSchedule, runSchedule, type Schedule } from "./scheduler.ts";

const OLD = 1;
const NEW = 2;

const CACHES: readonly (CacheUse & { readonly name: string })[] = [
  { name: "no cache", process: false, distributed: false },
  { name: "the process cache", process: true, distributed: false },
  { name: "the distributed cache", process: false, distributed: true },
  { name: "both caches", process: true, distributed: true },
];

/** What every cache knows of the key before reader and writer begin. */
const STATES = ["never written", "written, read nowhere", "written, read everywhere"] as const;

interface Race {
  readonly fleet: readonly FleetProcess[];
  readonly writer: FleetProcess;
  readonly reader: FleetProcess;
  /** The process that is asked again and again once the write is acknowledged. */
  readonly watcher: FleetProcess | undefined;
  readonly state: (typeof STATES)[number];
}

let keyCount = 0;

/** One reader and one writer of a fresh key, in the order that the schedule says. */
async function race(
  { fleet, writer, reader, watcher, state }: Race,
  schedule: Schedule,
): Promise<readonly number[]> {
  keyCount += 1;
  const key = `k${keyCount}`;
  if (state !== "never written") await writer.write(key, OLD);
  if (state === "written, read everywhere") for (const process of fleet) await process.read(key);
  const wrong: string[] = [];
  let isAcknowledged = false;
  const check = (who: string, value: number): void => {
    if (value !== NEW) wrong.push(`${who} answered ${value} after the write was acknowledged`);
  };
  const calls = {
    async reader() {
      const isLater = isAcknowledged;
      const value = await reader.read(key);
      if (isLater) check("the reader", value);
    },
    async writer() {
      await writer.write(key, NEW);
      isAcknowledged = true;
    },
  };
  // Not waited for at once: it may share the load of a reader that is held up.
  const watching: Promise<void>[] = [];
  const { choices, steps } = await runSchedule(calls, schedule, () => {
    if (!isAcknowledged || watcher === undefined) return;
    watching.push(watcher.read(key).then((value) => check("the watcher", value)));
  });
  await Promise.all(watching);
  for (const [i, process] of fleet.entries()) check(`process ${i}`, await process.read(key));
  expect({ wrong, steps }).toEqual({ wrong: [], steps });
  return choices;
}

describe.each(CACHES)(
  "with $name, in every order of one reader's and one writer's steps",
  (use) => {
    test.each(STATES)(
      "a read after the acknowledgement is never older: %s",
      async (state) => {
        const fleet = createFleet(2, use);
        const [writer, other] = fleet as [FleetProcess, FleetProcess];
        let count = 0;
        for (const reader of [other, writer]) {
          for (const watcher of [undefined, other, writer]) {
            const setting = { fleet, writer, reader, watcher, state };
            count += await forEachSchedule((schedule) => race(setting, schedule));
          }
        }
        expect(count).toBeGreaterThan(25);
      },
      60_000,
    );
  },
);
