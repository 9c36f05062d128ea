import { flushLogOutput } from "./log-output.ts";
import type { Logger } from "./logger.ts";

/** The part of `process` that this needs. */
export interface ProcessPort {
  on(event: "SIGTERM" | "SIGINT", listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
  on(event: "uncaughtException", listener: (error: Error) => void): unknown;
  exit(code: number): void;
}

/**
 * Signals so soon after the first are the same one: at a terminal, Ctrl-C reaches a program started by npm from the
 * terminal and once more from npm.
 */
const SAME_SIGNAL_MS = 500;

/**
 * Ties a program to its process: SIGTERM and SIGINT close it and exit with 0 (1 if that was not clean), a
 * second signal exits with 1 at once. An error that nobody handled is logged and exits with 1: what state it
 * left behind is unknown.
 *
 * @param close ends the program within a bounded time
 * @returns does what a signal does, saying why, for other causes; a signal that follows is no second one
 */
export function runProcess(
  close: () => Promise<void>,
  log: Logger,
  port: ProcessPort = process,
): (why: string) => void {
  let signalledAtMs: number | undefined;
  let isClosing = false;
  const shutDown = (fields: object): void => {
    if (isClosing) return;
    isClosing = true;
    log.info(fields, "shutting down");
    const end = async (code: number): Promise<void> => {
      await flushLogOutput();
      port.exit(code);
    };
    void close().then(
      () => {
        log.info("shut down");
        return end(0);
      },
      (err: unknown) => {
        log.error({ err }, "the shutdown was not clean");
        return end(1);
      },
    );
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalledAtMs === undefined) {
      signalledAtMs = performance.now();
      shutDown({ signal });
    } else if (performance.now() - signalledAtMs >= SAME_SIGNAL_MS) {
      log.fatal({ signal }, "second signal: exiting at once");
      port.exit(1);
    }
  };
  port.on("SIGTERM", onSignal);
  port.on("SIGINT", onSignal);
  port.on("unhandledRejection", (reason) => {
    log.fatal({ err: reason }, "unhandled rejection");
    port.exit(1);
  });
  port.on("uncaughtException", (err) => {
    log.fatal({ err }, "uncaught exception");
    port.exit(1);
  });
  return (why) => shutDown({ why });
}
