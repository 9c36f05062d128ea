import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Faults } from "../../src/kafka/faults.ts";
import { MemberSession } from "../../src/kafka/member-session.ts";

const SETTINGS = { heartbeatIntervalMs: 1000, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 5000 };
const GENERATION = { id: 1, memberId: "m", isLeader: true, partitions: [] };

function refusal(type: string): Error {
  return Object.assign(new Error(`refused: ${type}`), { type });
}

describe("MemberSession", () => {
  let session: MemberSession;
  let faults: Faults;
  let heartbeat: () => Promise<void>;
  let beats: number;
  let end: string | undefined;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    faults = new Faults();
    beats = 0;
    end = undefined;
    heartbeat = async () => undefined;
    const member = {
      heartbeat: () => {
        beats++;
        return heartbeat();
      },
    };
    session = new MemberSession(member, GENERATION, SETTINGS, faults);
    void session.ended.then((how) => {
      end = how;
    });
  });

  afterEach(() => {
    session.stop();
    vi.useRealTimers();
  });

  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it("beats at its interval, until it is stopped", async () => {
    await pass(5500);
    expect(beats).toBe(5);
    session.stop();
    await pass(5000);
    expect(beats).toBe(5);
    expect(end).toBeUndefined();
  });

  it("ends with a rebalance, and goes on beating while the listener finishes", async () => {
    heartbeat = () => Promise.reject(refusal("REBALANCE_IN_PROGRESS"));
    await pass(1000);
    expect(end).toBe("rebalance");
    await pass(3000);
    expect(beats).toBe(4);
  });

  it.each(["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION"])(
    "ends when the group says %s",
    async (type) => {
      heartbeat = () => Promise.reject(refusal(type));
      await pass(1000);
      expect(end).toBe("fenced");
      await pass(5000);
      expect(beats).toBe(1);
    },
  );

  it("tries again soon after a failure, says so, and forgets it when it works again", async () => {
    heartbeat = () => Promise.reject(new Error("connection refused"));
    await pass(1000);
    expect(faults.reason).toBe("heartbeat: connection refused");
    expect(end).toBeUndefined();
    heartbeat = async () => undefined;
    await pass(250);
    expect(faults.reason).toBeUndefined();
  });

  it("expires a session timeout after the sending of the last heartbeat that was answered", async () => {
    await pass(2500);
    heartbeat = () => Promise.reject(new Error("connection refused"));
    await pass(9400);
    expect(end).toBeUndefined();
    await pass(400);
    expect(end).toBe("expired");
  });

  it("expires although a heartbeat is never answered", async () => {
    heartbeat = () => new Promise(() => undefined);
    await pass(9999);
    expect(end).toBeUndefined();
    await pass(10);
    expect(end).toBe("expired");
  });

  it("waits for a listener, but not as long as the group waits", async () => {
    const controller = new AbortController();
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    void session.whileItLasts(new Promise(() => undefined), controller.signal).then(over);
    await pass(3999);
    expect(isOver).toBe(false);
    await pass(1);
    expect(isOver).toBe(true);
  });

  it("waits no longer for a listener that has finished, or failed, or once it is fenced", async () => {
    const { signal } = new AbortController();
    await session.whileItLasts(Promise.resolve(), signal);
    await session.whileItLasts(Promise.reject(new Error("listener")), signal);
    heartbeat = () => Promise.reject(refusal("UNKNOWN_MEMBER_ID"));
    let isOver = false;
    void session.whileItLasts(new Promise(() => undefined), signal).then(() => {
      isOver = true;
    });
    await pass(1000);
    expect(isOver).toBe(true);
  });
});
