import { Client } from "cassandra-driver";
import { expect, test } from "vitest";
import {
  type ControlConnection,
  controlConnectionOf,
  refreshOneAtATime,
} from "../../src/scylla/control-connection.ts";

interface Attempt {
  readonly hosts: unknown;
  resolve(): void;
  reject(error: Error): void;
}

/** A control connection whose refreshes end when the test says so. */
class FakeControlConnection implements ControlConnection {
  readonly attempts: Attempt[] = [];
  connection: { connected: boolean } | null = { connected: true };
  _isShuttingDown = false;

  _refresh(hosts?: unknown): Promise<void> {
    return new Promise((resolve, reject) => this.attempts.push({ hosts, resolve, reject }));
  }

  /** @throws unless there have been so many attempts */
  attempt(number: number): Attempt {
    const attempt = this.attempts[number - 1];
    if (attempt === undefined) throw new Error(`there were ${this.attempts.length} attempts`);
    return attempt;
  }
}

function guarded(): FakeControlConnection {
  const control = new FakeControlConnection();
  refreshOneAtATime(control, 1);
  return control;
}

test("refreshes that are asked for meanwhile are one", async () => {
  const control = guarded();
  const calls = [control._refresh(), control._refresh(), control._refresh()];
  control.attempt(1).resolve();
  await Promise.all(calls);
  expect(control.attempts).toHaveLength(1);
  const later = control._refresh();
  control.attempt(2).resolve();
  await later;
});

test("a search goes on within the refresh that began it", async () => {
  const control = guarded();
  const outer = control._refresh();
  const inner = control._refresh("hosts");
  expect(control.attempt(2).hosts).toBe("hosts");
  control.attempt(2).resolve();
  await inner;
  control.attempt(1).resolve();
  await outer;
});

test("one that breaks off is begun again, and rejects to nobody", async () => {
  const control = guarded();
  const call = control._refresh();
  control.attempt(1).reject(new TypeError("of null"));
  await expect.poll(() => control.attempts.length).toBe(2);
  control.attempt(2).resolve();
  await call;
});

test("one whose connection is gone at its end is begun again", async () => {
  const control = guarded();
  control.connection = { connected: false };
  const call = control._refresh();
  control.attempt(1).resolve();
  await expect.poll(() => control.attempts.length).toBe(2);
  control.connection = null; // the driver has set a timer
  control.attempt(2).resolve();
  await call;
  expect(control.attempts).toHaveLength(2);
});

test("nothing begins while the client closes", async () => {
  const control = guarded();
  const call = control._refresh();
  control._isShuttingDown = true;
  control.attempt(1).reject(new Error("closed"));
  await call;
  await control._refresh();
  expect(control.attempts).toHaveLength(1);
});

test("the driver has what is used of it", () => {
  const client = new Client({ contactPoints: ["127.0.0.1"], localDataCenter: "datacenter1" });
  expect(controlConnectionOf(client)).toMatchObject({ connection: null, _isShuttingDown: false });
});
