import { expect, it } from "vitest";
import { type Claims, ProcessClaims } from "../../src/runs/claims.ts";
import { TenantSlots } from "../../src/runs/slots.ts";

/** What two processes share. */
class SharedKeys {
  readonly taken = new Map<string, string>();
  isAway = false;

  of(owner: string): Claims {
    return {
      isHeld: true,
      claim: async (path) => {
        if (this.isAway) throw new Error("etcd is away");
        const found = this.taken.get(path) ?? owner;
        this.taken.set(path, found);
        return found === owner;
      },
      release: async (path) => {
        if (this.isAway) throw new Error("etcd is away");
        this.taken.delete(path);
      },
    };
  }
}

it("gives a claim to one worker of the fleet, and to one of each process", async () => {
  const shared = new SharedKeys();
  const failures: string[] = [];
  const note = (_: unknown, path: string) => failures.push(path);
  const [a, b] = ["a", "b"].map((owner) => new ProcessClaims(shared.of(owner), note));
  expect([await a?.claim("x"), await a?.claim("x"), await b?.claim("x")]).toEqual([
    true,
    false,
    false,
  ]);
  await a?.release("x");
  expect(await b?.claim("x")).toBe(true);
  shared.isAway = true;
  await expect(a?.claim("y")).rejects.toThrow("etcd is away");
  await b?.release("x");
  expect(failures).toEqual(["x"]);
  shared.isAway = false;
  // A failed claim leaves nothing behind, and a failed release does not block this process.
  expect([await a?.claim("y"), await b?.claim("x")]).toEqual([true, true]);
});

it("gives a tenant as many slots as it is registered with", async () => {
  const claims = new ProcessClaims(undefined, () => undefined);
  const slots = new TenantSlots(claims, (tenant) => (tenant === "two" ? 2 : undefined));
  const first = await slots.take("two");
  const second = await slots.take("two");
  expect([first, second, await slots.take("two")].map((slot) => slot !== undefined)).toEqual([
    true,
    true,
    false,
  ]);
  expect([...slots.assigned()]).toEqual([["two", 2]]);
  await first?.release();
  expect(await slots.take("two")).toBeDefined();
  expect(await slots.take("unlimited")).toBeDefined();
  expect([...slots.assigned()]).toEqual([["two", 2]]);
});
