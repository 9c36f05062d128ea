import { describe, expect, it } from "vitest";
import { Silences } from "../../src/scylla/silent-connections.ts";

describe("a connection whose statements have no answer in their time", () => {
  it("is silent once it has read nothing for two seconds", () => {
    const silences = new Silences();
    const connection = { timedOutOperations: 1, netClient: { bytesRead: 700 } };
    const heard = [0, 500, 1999, 2000, 9000].map((ms) => silences.isSilent(connection, ms));
    expect(heard).toEqual([false, false, false, true, true]);
  });

  it("is not silent while it reads anything", () => {
    const silences = new Silences();
    const connection = { timedOutOperations: 1000, netClient: { bytesRead: 0 } };
    for (let ms = 0; ms < 20_000; ms += 1500) {
      connection.netClient.bytesRead += 9;
      expect(silences.isSilent(connection, ms)).toBe(false);
    }
  });

  it("is told from others", () => {
    const silences = new Silences();
    const [dead, slow] = [0, 0].map(() => ({ timedOutOperations: 1, netClient: { bytesRead: 5 } }));
    for (const each of [dead, slow]) silences.isSilent(each as never, 0);
    (slow as { netClient: { bytesRead: number } }).netClient.bytesRead += 1;
    expect(silences.isSilent(dead as never, 2500)).toBe(true);
    expect(silences.isSilent(slow as never, 2500)).toBe(false);
  });
});
