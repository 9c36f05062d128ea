import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FeatureStoreError } from "@ofs/platform";
import { afterEach, expect, test } from "vitest";
import { ConnectionDealer, type DealFault } from "../../src/workers/connection-dealer.ts";

class Target {
  isOpen = true;
  isReady = true;
  isBusy = false;
  readonly taken: Socket[] = [];
  /** How it answers when it is handed a connection. */
  answer: () => Promise<boolean> = () => Promise.resolve(true);

  async take(socket: Socket): Promise<boolean> {
    this.isBusy = true;
    this.taken.push(socket);
    try {
      return await this.answer();
    } finally {
      this.isBusy = false;
    }
  }
}

const clients: Socket[] = [];
const faults: DealFault[] = [];
let dealer: ConnectionDealer<Target>;
let port: number;

async function open(targets: readonly Target[], maxWaitMs = 60_000): Promise<void> {
  faults.length = 0;
  dealer = new ConnectionDealer({
    targets: () => targets,
    onFault: (fault) => faults.push(fault),
    maxWaitMs,
  });
  port = await dealer.listen("127.0.0.1", 0);
}

afterEach(() => {
  dealer.destroy();
  for (const client of clients.splice(0)) client.destroy();
});

function dial(): Socket {
  const client = connect(port, "127.0.0.1");
  client.on("error", () => client.destroy());
  clients.push(client);
  return client;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((turn) => setImmediate(turn));
}

test("only those that are ready get connections, as long as there are any", async () => {
  const [fresh, ready] = [new Target(), new Target()];
  fresh.isReady = false;
  await open([fresh, ready]);
  for (let count = 1; count <= 3; count += 1) {
    dial();
    await until(() => ready.taken.length === count);
  }
  expect(fresh.taken).toHaveLength(0);
  ready.isReady = false;
  ready.isOpen = false;
  dial();
  await until(() => fresh.taken.length === 1);
});

test("a connection waits for a worker to open", async () => {
  const target = new Target();
  target.isOpen = false;
  await open([target]);
  await once(dial(), "connect");
  dealer.deal();
  expect(target.taken).toHaveLength(0);
  target.isOpen = true;
  // It may not have been accepted before; then it is dealt when it is.
  dealer.deal();
  await until(() => target.taken.length === 1);
  expect(faults).toEqual([]);
});

test("a connection that nobody opens for is closed after a time", async () => {
  const target = new Target();
  target.isOpen = false;
  await open([target], 20);
  await once(dial().resume(), "close");
  expect([faults, target.taken]).toEqual([["late"], []]);
});

test("one that has a connection in hand gets no second one", async () => {
  const target = new Target();
  let release: (isTaken: boolean) => void = () => undefined;
  target.answer = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  await open([target]);
  dial();
  await until(() => target.taken.length === 1);
  const second = dial();
  await once(second, "connect");
  dealer.deal();
  expect(target.taken).toHaveLength(1);
  release(true);
  await until(() => target.taken.length === 2);
  release(true);
});

test("what a dying worker had in hand goes to another", async () => {
  const [dying, other] = [new Target(), new Target()];
  dying.answer = () => {
    dying.isOpen = false;
    return Promise.reject(new FeatureStoreError("UNAVAILABLE", "it is gone"));
  };
  await open([dying, other]);
  dial();
  await until(() => other.taken.length === 1);
  expect([dying.taken.length, faults]).toEqual([1, []]);
});

test("a worker that refuses is asked once a connection; refused by all, it is closed", async () => {
  const targets = [new Target(), new Target()];
  for (const target of targets) target.answer = () => Promise.resolve(false);
  await open(targets);
  await once(dial().resume(), "close");
  expect(faults).toEqual(["full"]);
  expect(targets.map(({ taken }) => taken.length)).toEqual([1, 1]);
});

test("a connection that was handed over, but not taken in time, is closed", async () => {
  const target = new Target();
  target.answer = () => Promise.reject(new FeatureStoreError("DEADLINE_EXCEEDED", "no reply"));
  await open([target]);
  await once(dial().resume(), "close");
  expect(faults).toEqual(["lost"]);
});

test("connections to a second port are dealt too, and tell which port they came to", async () => {
  const target = new Target();
  const ports: unknown[] = [];
  target.answer = async () => {
    ports.push(target.taken.at(-1)?.localPort);
    return true;
  };
  await open([target]);
  const first = port;
  port = await dealer.listen("127.0.0.1", 0);
  const second = port;
  dial();
  await until(() => ports.length === 1);
  port = first;
  dial();
  await until(() => ports.length === 2);
  expect(ports).toEqual([second, first]);
});
