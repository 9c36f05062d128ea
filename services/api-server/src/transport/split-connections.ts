import type { Socket } from "node:net";
import type { ConnectionSource } from "./shared-port.ts";

type Take = (socket: Socket) => boolean;

/** The connections of a primary that listens on two ports for its workers. */
export interface SplitConnections {
  /** Those to the source's own port. */
  readonly main: ConnectionSource;
  /** All others. */
  readonly other: ConnectionSource;
}

/** @param otherPort told to the other's owner */
export function splitConnections(source: ConnectionSource, otherPort: number): SplitConnections {
  let takeMain: Take = () => false;
  let takeOther: Take = () => false;
  source.onConnection((socket) =>
    socket.localPort === source.port ? takeMain(socket) : takeOther(socket),
  );
  return {
    main: {
      port: source.port,
      onConnection(take) {
        takeMain = take;
      },
    },
    other: {
      port: otherPort,
      onConnection(take) {
        takeOther = take;
      },
    },
  };
}
