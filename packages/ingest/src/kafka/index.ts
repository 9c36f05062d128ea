export { KafkaAdmin } from "./kafka-admin.ts";
export { KafkaSink, type KafkaSinkOptions } from "./kafka-sink.ts";
export { KafkaSource } from "./kafka-source.ts";
export type {
  KafkaConnection,
  KafkaSasl,
  KafkaSourceOptions,
  KafkaTls,
  SaslMechanism,
} from "./options.ts";
