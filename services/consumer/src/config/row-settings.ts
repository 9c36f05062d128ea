import {
  ROW_STORE_VARIABLES,
  type RowStoreSettings,
  readRowStoreSettings,
  type ScyllaSettings,
} from "@ofs/connections";
import { type Address, addressList, type EnvReader, flag, integer, text } from "@ofs/platform";
import { z } from "zod";

/** As Kafka takes them; what a group's name has beside the topic is short enough to leave room for it. */
const TOPIC_NAME = /^[\w.-]{1,249}$/;
const GROUP_PREFIX = /^[\w.-]{1,100}$/;

const ROW_CONSUMER_VARIABLES = z.object({
  ROW_ENABLED: flag().default(false),
  ROW_KAFKA_BOOTSTRAP_SERVERS: addressList().optional(),
  ROW_CONSUMER_GROUP_PREFIX: text()
    .refine((name) => GROUP_PREFIX.test(name), "must be letters, digits, '.', '_' or '-'")
    .default("ofs-row"),
  ROW_CONSUMER_SLOTS: integer(1, 1_024).default(16),
  ROW_DLQ_TOPIC: text()
    .refine((name) => TOPIC_NAME.test(name), "must be a topic name")
    .optional(),
});

/** Names of the variables of the row dialect. */
export const ROW_VARIABLES: readonly string[] = [
  ...Object.keys(ROW_CONSUMER_VARIABLES.shape),
  ...Object.keys(ROW_STORE_VARIABLES.shape),
];

/** What concerns the row dialect. */
export interface RowSettings {
  /** In place of the block consumer's; undefined: those, or the embedded log. */
  readonly servers: readonly Address[] | undefined;
  /** A topic's group is `<prefix>-<topic>`. */
  readonly groupPrefix: string;
  /** Most members of groups in this process. */
  readonly slotCount: number;
  /** One for all topics; undefined: `<topic>.dlq`. */
  readonly deadLetterTopic: string | undefined;
  readonly stores: RowStoreSettings;
}

/** @returns undefined where the row dialect is off, or there were faults */
export function readRowSettings(
  reader: EnvReader,
  scylla: readonly ScyllaSettings[],
): RowSettings | undefined {
  const env = reader.read(ROW_CONSUMER_VARIABLES);
  if (env?.ROW_ENABLED !== true) return undefined;
  const stores = readRowStoreSettings(reader, scylla);
  if (stores === undefined) return undefined;
  return {
    servers: env.ROW_KAFKA_BOOTSTRAP_SERVERS,
    groupPrefix: env.ROW_CONSUMER_GROUP_PREFIX,
    slotCount: env.ROW_CONSUMER_SLOTS,
    deadLetterTopic: env.ROW_DLQ_TOPIC,
    stores,
  };
}
