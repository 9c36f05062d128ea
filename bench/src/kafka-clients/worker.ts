import type { ClientName, Work } from "./client.ts";
import { loadClient } from "./load-client.ts";

/** What one process measured of itself. */
export interface Usage {
  readonly seconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  readonly maxRssMib: number;
}

export interface Order {
  readonly client: ClientName;
  readonly role: "produce" | "consume";
  readonly work: Work;
}

async function carryOut({ client: name, role, work }: Order): Promise<void> {
  const client = await loadClient(name);
  const before = process.cpuUsage();
  const start = performance.now();
  await client[role](work);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const usage: Usage = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    maxRssMib: process.resourceUsage().maxRSS / 1024,
  };
  process.send?.(usage, () => process.exit(0));
}

process.once("message", (order: Order) => {
  carryOut(order).catch((error: unknown) => {
    process.stderr.write(`${order.client}: ${String(error)}\n`);
    process.exit(1);
  });
});
