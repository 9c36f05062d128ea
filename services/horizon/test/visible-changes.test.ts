import { MemoryRegistrySource } from "@ofs/registry";
import { expect, it } from "vitest";
import { noteWrites, withVisibleDecisions } from "../src/visible-changes.ts";
import { FakeChanges } from "./support/fake-changes.ts";
import { MemoryDatabase } from "./support/memory-database.ts";

const BY = { email: "a@example.org", role: "admin" } as const;
const CHANGES = [{ path: "entities/user/label", value: Buffer.from("user") }];

it("remembers the last revision that was written, and no conflict", async () => {
  const { registry, lastWritten } = noteWrites(new MemoryRegistrySource());
  expect(lastWritten()).toBe(0);
  const revision = await registry.write(CHANGES);
  expect(lastWritten()).toBe(revision);
  const absent = { kind: "absent", path: "entities/user" } as const;
  expect(await registry.writeIf(CHANGES, [absent])).toEqual({ conflict: absent });
  expect(lastWritten()).toBe(revision);
});

it("answers an approval when what it wrote is there, and a rejection at once", async () => {
  const fake = new FakeChanges(new MemoryDatabase());
  const { id } = fake.add({ kind: "store", createdBy: "a", payload: {} });
  const noted = noteWrites(new MemoryRegistrySource());
  const revision = await noted.registry.write(CHANGES);
  const waited: number[] = [];
  const catalog = {
    async waitFor(wanted: number) {
      waited.push(wanted);
      return true;
    },
  };
  const changes = withVisibleDecisions(fake, noted, catalog);
  await changes.decide(["store"], id, { status: "REJECTED", rejectReason: "" }, BY);
  expect(waited).toEqual([]);
  const approval = { status: "APPROVED", rejectReason: "" } as const;
  expect(await changes.decide(["store"], id, approval, BY)).toMatchObject({ status: "APPROVED" });
  expect(waited).toEqual([revision]);
});
