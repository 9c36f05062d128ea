import type { Operator } from "../../../horizon/test/support/operator.ts";

/** Of the administrator that every fleet is started with. */
export const ADMIN = {
  ADMIN_EMAIL: "operator@example.org",
  ADMIN_PASSWORD: "Changes-are-live-1",
} as const;

export const CALLER = "live";
export const CALLER_TOKEN = "a-token-of-live-changes";

/** What a fleet's stores and caches are configured as. */
export interface LiveStores {
  readonly confId: number;
  readonly dbType: string;
  readonly processConfId: number;
  /** undefined = there is none. */
  readonly distributedConfId: number | undefined;
}

/** Control plane, api-servers and consumer as processes of their own. */
export interface LiveFleet {
  readonly stores: LiveStores;
  /** An administrator at the control plane. */
  readonly operator: Operator;
  /** `host:port` of each api-server. */
  readonly addresses: readonly string[];
  /** Adds a message to the consumer's log; resolves when it is durable. @param message as `persist.Query` is in JSON */
  produce(message: object): Promise<void>;
  /** How many messages could not be stored. */
  letterCount(): Promise<number>;
  /** Ends all processes in order, and removes what they have made. */
  close(): Promise<void>;
}
