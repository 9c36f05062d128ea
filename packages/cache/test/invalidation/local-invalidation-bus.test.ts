import { LocalInvalidationBus } from "@ofs/cache";
import { expect, test } from "vitest";

test("members hear what the others write before the write is answered, and not themselves", async () => {
  const bus = new LocalInvalidationBus();
  const heard: string[][] = [[], [], []];
  const members = heard.map((keys) => {
    const member = bus.join();
    member.subscribe({ invalidate: (written) => keys.push(...written), invalidateAll: () => {} });
    return member;
  });
  await members[0]?.publish(["a"]);
  expect(heard).toEqual([[], ["a"], ["a"]]);
  await members[2]?.close();
  await members[1]?.publish(["b"]);
  expect(heard).toEqual([["b"], ["a"], ["a"]]);
});
