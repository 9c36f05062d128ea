import { KafkaAdmin, type KafkaConnection, KafkaSink, KafkaSource } from "@ofs/ingest";
import type { Logger } from "@ofs/platform";
import type { KafkaSettings } from "../config/kafka-settings.ts";
import type { RecordLog } from "./record-log.ts";

/** Connects when it is used; brokers that are away are tried again and again. */
export function openKafkaLog(settings: KafkaSettings, log: Logger): RecordLog {
  const { brokers, clientId, sasl, tls } = settings;
  const connectionOf = (suffix: string): KafkaConnection => ({
    brokers,
    clientId: `${clientId}-${suffix}`,
    sasl,
    tls,
    log,
  });
  const sink = new KafkaSink(connectionOf("dead-letters"));
  const admin = new KafkaAdmin(connectionOf("admin"));
  return {
    name: `kafka ${brokers.join(",")}`,
    isShared: true,
    createSource: ({ groupId, topics, start, memberName }) =>
      new KafkaSource({
        ...connectionOf(memberName),
        groupId,
        topics,
        start,
        sessionTimeoutMs: settings.sessionTimeoutMs,
        rebalanceTimeoutMs: settings.rebalanceTimeoutMs,
        fetchBytes: settings.fetchMaxBytes,
      }),
    sink,
    admin,
    append: undefined,
    check: () => ({ status: "ok", detail: { brokers } }),
    async close() {
      await sink.close();
      await admin.close();
    },
  };
}
