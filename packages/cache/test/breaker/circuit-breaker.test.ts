import type { BreakerConfig } from "@ofs/registry";
import { beforeEach, describe, expect, test } from "vitest";
import { type BreakerState, CircuitBreaker } from "../../src/breaker/circuit-breaker.ts";
import { breakerConfig, KEY } from "./breaker-fixtures.ts";

let nowMs: number;
let changes: BreakerState[];

beforeEach(() => {
  nowMs = 10_000;
  changes = [];
});

function createBreaker(config: BreakerConfig | undefined = breakerConfig()): CircuitBreaker {
  return new CircuitBreaker({
    key: KEY,
    config,
    now: () => nowMs,
    onStateChange: (state) => changes.push(state),
  });
}

const FAULT = new Error("no answer");

/** `+` a success, `-` a failure. @returns per execution `+`, `-`, or `x` for refused */
async function execute(breaker: CircuitBreaker, outcomes: string): Promise<string> {
  let seen = "";
  for (const outcome of outcomes) {
    const work = () => (outcome === "+" ? Promise.resolve() : Promise.reject(FAULT));
    seen += await breaker.run(work).then(
      () => "+",
      (error: unknown) => (error === FAULT ? "-" : "x"),
    );
  }
  return seen;
}

/** An execution that ends when told. */
function startExecution(breaker: CircuitBreaker): {
  end(isSuccess: boolean): Promise<void>;
  readonly isRefused: Promise<boolean>;
} {
  let settle: (isSuccess: boolean) => void = () => undefined;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      settle = (isSuccess) => (isSuccess ? resolve() : reject(FAULT));
    });
  const result = breaker.run(work).then(
    () => false,
    (error: unknown) => error !== FAULT,
  );
  return {
    async end(isSuccess) {
      settle(isSuccess);
      await result;
    },
    isRefused: result,
  };
}

describe("closed", () => {
  test("passes results and errors through", async () => {
    const breaker = createBreaker();
    await expect(breaker.run(() => Promise.resolve(7))).resolves.toBe(7);
    await expect(breaker.run(() => Promise.reject(FAULT))).rejects.toBe(FAULT);
  });

  test("opens at the failure rate once there are enough executions", async () => {
    const breaker = createBreaker();
    expect(await execute(breaker, "---")).toBe("---");
    expect(breaker.state).toBe("closed");
    expect(await execute(breaker, "+")).toBe("+");
    expect(breaker.state).toBe("open");
    expect(changes).toEqual(["open"]);
  });

  test("stays closed below the failure rate", async () => {
    const breaker = createBreaker();
    await execute(breaker, "++-++-++-++-");
    expect(breaker.state).toBe("closed");
  });

  test("forgets failures that are older than the window", async () => {
    const breaker = createBreaker();
    await execute(breaker, "---");
    nowMs += 1000;
    await execute(breaker, "+++-");
    expect(breaker.state).toBe("closed");
    await execute(breaker, "--");
    expect(breaker.state).toBe("open");
  });

  test("without a failure even a threshold of zero does not open it", async () => {
    const breaker = createBreaker(breakerConfig({ failureRateThreshold: 0 }));
    await execute(breaker, "++++++");
    expect(breaker.state).toBe("closed");
    await execute(breaker, "-");
    expect(breaker.state).toBe("open");
  });
});

describe("open", () => {
  test("refuses with UNAVAILABLE, without doing the work", async () => {
    const breaker = createBreaker();
    await execute(breaker, "----");
    let calls = 0;
    const work = () => {
      calls += 1;
      return Promise.resolve();
    };
    await expect(breaker.run(work)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: `circuit breaker ${KEY} is open`,
    });
    expect(calls).toBe(0);
  });

  test("an execution that began before it opened changes nothing", async () => {
    const breaker = createBreaker();
    const late = startExecution(breaker);
    await execute(breaker, "----");
    await late.end(true);
    expect(breaker.state).toBe("open");
    nowMs += 500;
    const alsoLate = startExecution(breaker);
    expect(breaker.state).toBe("half-open");
    await alsoLate.end(true);
    expect(breaker.state).toBe("half-open");
  });

  test("tries again once its time has passed", async () => {
    const breaker = createBreaker();
    await execute(breaker, "----");
    nowMs += 499;
    expect(await execute(breaker, "+")).toBe("x");
    nowMs += 1;
    expect(await execute(breaker, "+")).toBe("+");
    expect(breaker.state).toBe("half-open");
  });
});

describe("half-open", () => {
  async function halfOpen(config = breakerConfig()): Promise<CircuitBreaker> {
    const breaker = createBreaker(config);
    await execute(breaker, "----");
    nowMs += 500;
    changes = [];
    return breaker;
  }

  test("closes after enough successes", async () => {
    const breaker = await halfOpen();
    expect(await execute(breaker, "-++")).toBe("-++");
    expect(breaker.state).toBe("closed");
    expect(changes).toEqual(["half-open", "closed"]);
  });

  test("starts the window afresh when it closes", async () => {
    const breaker = await halfOpen();
    await execute(breaker, "++---");
    expect(breaker.state).toBe("closed");
    await execute(breaker, "-");
    expect(breaker.state).toBe("open");
  });

  test("opens again once the successes can no longer be reached", async () => {
    const breaker = await halfOpen();
    expect(await execute(breaker, "--+")).toBe("--x");
    expect(breaker.state).toBe("open");
    nowMs += 499;
    expect(await execute(breaker, "+")).toBe("x");
    nowMs += 1;
    expect(await execute(breaker, "++")).toBe("++");
    expect(breaker.state).toBe("closed");
  });

  test("lets no more than the trials through at a time", async () => {
    const breaker = await halfOpen();
    const trials = [1, 2, 3].map(() => startExecution(breaker));
    expect(await execute(breaker, "+")).toBe("x");
    await trials[0]?.end(true);
    expect(await execute(breaker, "+")).toBe("x");
    await trials[1]?.end(true);
    expect(breaker.state).toBe("closed");
    expect(await execute(breaker, "+")).toBe("+");
    await trials[2]?.end(false);
    expect(breaker.state).toBe("closed");
  });

  test("a success threshold above the trials counts as all of them", async () => {
    const breaker = await halfOpen(breakerConfig({ successCountThreshold: 9 }));
    expect(await execute(breaker, "++")).toBe("++");
    expect(breaker.state).toBe("half-open");
    await execute(breaker, "+");
    expect(breaker.state).toBe("closed");
  });
});

describe("settings", () => {
  const others = new Map([["other", { isEnabled: true, forcedState: "open" as const }]]);

  test.each<[string, BreakerConfig | undefined]>([
    ["there are none", undefined],
    ["the manager is disabled", breakerConfig({ isEnabled: false })],
    [
      "the manager is disabled and forced open",
      breakerConfig({ isEnabled: false }, { forcedState: "open" }),
    ],
    ["the key is disabled", breakerConfig({}, { isEnabled: false })],
    ["the key is missing", breakerConfig({ keys: others })],
    ["it is forced closed", breakerConfig({}, { forcedState: "closed" })],
  ])("everything passes where %s", async (_, config) => {
    const breaker = new CircuitBreaker({ key: KEY, config, now: () => nowMs });
    expect(await execute(breaker, "-".repeat(20))).toBe("-".repeat(20));
    expect(breaker.state).toBe("closed");
  });

  test("forced open refuses everything, for ever", async () => {
    const breaker = createBreaker(breakerConfig({}, { forcedState: "open" }));
    expect(breaker.state).toBe("open");
    nowMs += 1_000_000;
    expect(await execute(breaker, "++")).toBe("xx");
  });

  test("unchanged settings keep state and counts", async () => {
    const breaker = createBreaker();
    await execute(breaker, "---");
    breaker.configure(breakerConfig({ keys: new Map([...breakerConfig().keys, ...others]) }));
    await execute(breaker, "-");
    expect(breaker.state).toBe("open");
    nowMs += 400;
    breaker.configure(breakerConfig());
    expect(breaker.state).toBe("open");
    nowMs += 100;
    expect(await execute(breaker, "+")).toBe("+");
  });

  test("changed settings begin closed, with empty counts", async () => {
    const breaker = createBreaker();
    await execute(breaker, "----");
    breaker.configure(breakerConfig({ openMs: 501 }));
    expect(breaker.state).toBe("closed");
    expect(changes).toEqual(["open", "closed"]);
    expect(await execute(breaker, "---")).toBe("---");
    expect(breaker.state).toBe("closed");
  });

  test("an execution from before a change does not count after it", async () => {
    const breaker = createBreaker(breakerConfig({ failureRateMinimumExecutions: 1 }));
    const old = startExecution(breaker);
    breaker.configure(breakerConfig({ failureRateMinimumExecutions: 1, openMs: 1 }));
    await old.end(false);
    expect(breaker.state).toBe("closed");
  });

  test("it can be forced open and back to normal", async () => {
    const breaker = createBreaker();
    breaker.configure(breakerConfig({}, { forcedState: "open" }));
    expect(await execute(breaker, "+")).toBe("x");
    breaker.configure(breakerConfig());
    expect(await execute(breaker, "+")).toBe("+");
    expect(changes).toEqual(["open", "closed"]);
  });

  test("it can be switched on and off", async () => {
    const breaker = createBreaker(undefined);
    breaker.configure(breakerConfig());
    await execute(breaker, "----");
    expect(breaker.state).toBe("open");
    breaker.configure(undefined);
    expect(breaker.state).toBe("closed");
    expect(await execute(breaker, "-----+")).toBe("-----+");
  });
});
