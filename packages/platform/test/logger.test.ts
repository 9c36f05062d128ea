import { createLogger, type LogLevel } from "@ofs/platform";
import { expect, test } from "vitest";

function linesOf(level: LogLevel, write: (log: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(createLogger({ service: "t", level, fields: { app: "onfs" }, destination }));
  return lines;
}

test("writes one JSON object a line with the fixed fields", () => {
  const lines = linesOf("INFO", (log) => log.info({ keyCount: 2 }, "rows read"));
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    service: "t",
    app: "onfs",
    keyCount: 2,
    msg: "rows read",
  });
});

test.each([
  ["DEBUG", 4],
  ["INFO", 3],
  ["WARN", 2],
  ["ERROR", 1],
  ["FATAL", 0],
  ["PANIC", 0],
  ["DISABLED", 0],
] as const)("%s lets %i of four lines through", (level, expected) => {
  const lines = linesOf(level, (log) => {
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
  });
  expect(lines).toHaveLength(expected);
});

test("hides secrets down to the third level", () => {
  const [line] = linesOf("INFO", (log) =>
    log.info({ token: "s1", redis: { password: "s2", auth: { secret: "s3" } } }, "connecting"),
  );
  expect(line).not.toMatch(/s1|s2|s3/);
  expect(line).toContain("[redacted]");
});
