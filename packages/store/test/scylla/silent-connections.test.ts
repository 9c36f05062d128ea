import { describe, expect, it } from "vitest";
import {
  noteAnswer,
  Silences,
  type WatchedConnection,
} from "../../src/scylla/silent-connections.ts";

const connect = (): WatchedConnection => ({});

describe("a connection whose statements have no answer in their time", () => {
  it("is silent once it has answered nothing for two seconds", () => {
    const silences = new Silences();
    const connection = connect();
    expect(silences.isSilent(connection, 0)).toBe(false);
    for (const lateMs of [0, 500, 1990]) silences.noteLate(connection, lateMs);
    const silent = [1999, 2000, 9000].map((ms) => silences.isSilent(connection, ms));
    expect(silent).toEqual([false, true, true]);
  });

  it("is not silent while it answers anything", () => {
    const silences = new Silences();
    const connection = connect();
    for (let ms = 0; ms < 20_000; ms += 1500) {
      noteAnswer(connection);
      silences.noteLate(connection, ms);
      expect(silences.isSilent(connection, ms + 1499)).toBe(false);
    }
  });

  it("is not silent when it has answered and is asked nothing", () => {
    const silences = new Silences();
    const connection = connect();
    silences.noteLate(connection, 0);
    noteAnswer(connection);
    expect(silences.isSilent(connection, 60_000)).toBe(false);
  });

  it("is told from others", () => {
    const silences = new Silences();
    const dead = connect();
    const slow = connect();
    for (const each of [dead, slow]) silences.noteLate(each, 0);
    noteAnswer(slow);
    expect(silences.isSilent(dead, 2500)).toBe(true);
    expect(silences.isSilent(slow, 2500)).toBe(false);
  });
});
