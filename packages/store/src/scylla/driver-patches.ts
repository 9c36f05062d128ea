import { readInTurns } from "../read-in-turns.ts";
import { driverPrototype } from "./driver-class.ts";
import { keepSlowConnections } from "./silent-connections.ts";
import { passWholePages } from "./whole-pages.ts";

interface ConnectionPrototype {
  readonly netClient: Parameters<typeof readInTurns>[0];
  bindSocketListeners(this: ConnectionPrototype): void;
}

let isDone = false;

/** Changes what the driver does of itself, for all connections of this process. @throws {Error} if it is not 4.10 */
export function patchDriver(): void {
  if (isDone) return;
  passWholePages();
  keepSlowConnections();
  readAnswersInTurns();
  isDone = true;
}

/** From each connection. */
function readAnswersInTurns(): void {
  const prototype = driverPrototype<ConnectionPrototype>(
    "connection.js",
    undefined,
    "bindSocketListeners",
  );
  const { bindSocketListeners } = prototype;
  prototype.bindSocketListeners = function () {
    bindSocketListeners.call(this);
    readInTurns(this.netClient);
  };
}
