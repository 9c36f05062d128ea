import type { UnaryCall, UnaryReply } from "@ofs/platform";

/** A handler whose calls wait until they are told. */
export function waiting() {
  const calls: {
    call: UnaryCall;
    resolve(reply: UnaryReply): void;
    reject(error: unknown): void;
  }[] = [];
  return {
    calls,
    handler: (waitingCall: UnaryCall) =>
      new Promise<UnaryReply>((resolve, reject) => {
        calls.push({ call: waitingCall, resolve, reject });
      }),
    first(): UnaryCall {
      return (calls[0] as (typeof calls)[0]).call;
    },
    async entered(count: number): Promise<void> {
      while (calls.length < count) await new Promise((turn) => setImmediate(turn));
    },
  };
}
