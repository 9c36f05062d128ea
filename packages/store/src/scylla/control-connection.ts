import type { Client } from "cassandra-driver";

/** Before a refresh that broke off is begun again, in milliseconds. */
const PAUSE_MS = 1000;

/** What is used of the driver's connection for news of the cluster, which it does not publish. */
export interface ControlConnection {
  /** The one in use; null while there is none. */
  readonly connection: { readonly connected: boolean } | null;
  /** Finds a connection and reads who is in the cluster. With an iterator: goes on with that search. */
  _refresh(hosts?: unknown): Promise<void>;
  readonly _isShuttingDown: boolean;
}

/** @throws {Error} if the driver has changed */
export function controlConnectionOf(client: Client): ControlConnection {
  const { controlConnection } = client as unknown as { controlConnection?: ControlConnection };
  if (typeof controlConnection?._refresh !== "function") {
    throw new Error("cassandra-driver has another control connection than 4.10");
  }
  return controlConnection;
}

/**
 * Lets one refresh run at a time.
 *
 * Version 4.10 of the driver begins one for each of its listeners that sees a connection go, and one that finds no
 * connection open leaves two such listeners behind: each time that a lone node goes and comes back, there are twice as
 * many, and as many connections. They also reset each other's state, on which one that a timer began rejects to nobody
 * and ends the process.
 *
 * @param pauseMs before a refresh that broke off is begun again
 */
export function refreshOneAtATime(control: ControlConnection, pauseMs: number = PAUSE_MS): void {
  const refresh = control._refresh.bind(control);
  let running: Promise<void> | undefined;

  const refreshUntilUsable = async (): Promise<void> => {
    while (!control._isShuttingDown) {
      try {
        await refresh();
        // Without a connection it has set a timer for the next attempt.
        if (control.connection === null || control.connection.connected) return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      }
    }
  };

  control._refresh = (hosts) => {
    if (hosts !== undefined) return refresh(hosts);
    running ??= refreshUntilUsable().finally(() => {
      running = undefined;
    });
    return running;
  };
}
