import { expect, test } from "vitest";
import { spawnWithInput } from "../../src/install/run-with-input.ts";

const options = { env: process.env, timeoutMs: 10_000 };

test("gives a command its input", async () => {
  const script = 'read line; [ "$line" = "create" ]';
  await spawnWithInput("sh", ["-c", script], { ...options, input: "create\n" });
});

test("a command that fails is named, with the end of its output", async () => {
  const script = "cat > /dev/null; echo bad line 7 >&2; exit 3";
  const run = spawnWithInput("sh", ["-c", script], { ...options, input: "x" });
  await expect(run).rejects.toThrow(/^sh failed \(3\): bad line 7$/);
});

test("a command that does not read its input fails with its own reason", async () => {
  const input = "x".repeat(1_000_000);
  const run = spawnWithInput("sh", ["-c", "echo no; exit 4"], { ...options, input });
  await expect(run).rejects.toThrow(/^sh failed \(4\): .*no/s);
});

test("a command that takes too long is ended", async () => {
  const run = spawnWithInput("sleep", ["60"], { ...options, timeoutMs: 50, input: "" });
  await expect(run).rejects.toThrow(/^sleep failed \(SIGTERM\)/);
});
