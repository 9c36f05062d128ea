import type { Socket } from "node:net";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestKeyspace, type TestKeyspace } from "./scylla-fixtures.ts";

const ROWS = 30;
const ROW_BYTES = 100_000;
/** A few pieces; without turns it would be 2 MiB. */
const TURN_MAX_BYTES = 256 * 1024;
/** Without the loop, so that answers pile up. */
const AWAY_MS = 300;

let keyspace: TestKeyspace;

beforeAll(async () => {
  keyspace = await openTestKeyspace();
  const { client } = keyspace.connection;
  await client.execute("CREATE TABLE rows (id int PRIMARY KEY, value blob)");
  for (let id = 0; id < ROWS; id++) {
    const values = [id, Buffer.alloc(ROW_BYTES, id)];
    await client.execute("INSERT INTO rows (id, value) VALUES (?, ?)", values, { prepare: true });
  }
});

afterAll(() => keyspace?.drop());

/** Of the driver's one connection, which it does not publish. */
function socketOf({ connection: { client } }: TestKeyspace): Socket {
  const [host] = client.hosts.values() as unknown as {
    readonly pool: { readonly connections: readonly { readonly netClient: Socket }[] };
  }[];
  const [connection] = host?.pool.connections ?? [];
  if (connection === undefined) throw new Error("no connection");
  return connection.netClient;
}

test("of answers that have piled up, a turn of the event loop takes a piece", async () => {
  const byTurn: number[] = [0];
  const socket = socketOf(keyspace);
  const count = (piece: Buffer): void => {
    if (byTurn.at(-1) === 0) setImmediate(() => byTurn.push(0));
    byTurn[byTurn.length - 1] = (byTurn.at(-1) as number) + piece.length;
  };
  socket.on("data", count);
  const select = "SELECT value FROM rows WHERE id = ?";
  const asked = Array.from({ length: ROWS }, (_, id) =>
    keyspace.connection.client.execute(select, [id], { prepare: true }),
  );
  for (let turn = 0; turn < 3; turn++) await endOfTurn();
  const untilMs = performance.now() + AWAY_MS;
  while (performance.now() < untilMs);
  const answers = await Promise.all(asked);
  socket.off("data", count);
  for (const [id, answer] of answers.entries()) {
    expect(answer.first()?.["value"]).toEqual(Buffer.alloc(ROW_BYTES, id));
  }
  expect(byTurn.reduce((sum, each) => sum + each)).toBeGreaterThan(ROWS * ROW_BYTES);
  expect(Math.max(...byTurn)).toBeLessThanOrEqual(TURN_MAX_BYTES);
});
