import type { TestCertificates } from "../certificates.ts";

export type SaslMechanism = "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";

/** A port of a broker, and what it asks of those who connect to it. */
export interface KafkaListener {
  /** Default: a free one. */
  readonly port?: number;
  /** The port of 127.0.0.1 that the broker tells its clients to use: a proxy's. Default: its own. */
  readonly advertisedPort?: number;
  /** Clients speak TLS and see the certificate `server`; with `asksClient` they show one of the same authority. */
  readonly tls?: { readonly certificates: TestCertificates; readonly asksClient?: boolean };
  /** Clients log in as one of the broker's `users`, by one of these ways. */
  readonly sasl?: readonly SaslMechanism[];
}

export interface KafkaPorts {
  /** One for each listener. */
  readonly listeners: readonly number[];
  /** Plain text, for the broker's own use. */
  readonly direct: number;
  readonly controller: number;
}

export interface KafkaConfig {
  /** Where topics are kept. */
  readonly logFolder: string;
  /** Where the certificates of each listener are, as `keyStorePath` names them. */
  readonly folder: string;
  readonly listeners: readonly KafkaListener[];
  readonly ports: KafkaPorts;
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
  /** Lines of server.properties, added or in place of ours. */
  readonly settings: Readonly<Record<string, string>>;
}

export type Properties = Record<string, string>;

const HOST = "127.0.0.1";
const DIRECT = "DIRECT";
const CONTROLLER = "CONTROLLER";
const LOGIN_MODULES = {
  PLAIN: "org.apache.kafka.common.security.plain.PlainLoginModule",
  SCRAM: "org.apache.kafka.common.security.scram.ScramLoginModule",
} as const;

/**
 * A single small node, broker and controller at once. Its defaults are Kafka's own wherever a client could tell the
 * difference, but for topics, which must be created, and groups, which form without waiting for more members.
 *
 * Internal topics have one partition each, so that whoever finds one coordinator ready finds all of them ready.
 */
const COMMON: Properties = {
  "process.roles": "broker,controller",
  "node.id": "1",
  "controller.listener.names": CONTROLLER,
  "inter.broker.listener.name": DIRECT,
  "auto.create.topics.enable": "false",
  "num.partitions": "3",
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "500",
  "offsets.topic.num.partitions": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.num.partitions": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  // Topics may ask for records larger than the 1 MiB that is Kafka's default.
  "replica.fetch.max.bytes": "16777216",
  // Memory and threads of a broker for few clients. The cleaner's buffer alone is 128 MiB by default.
  "log.cleaner.dedupe.buffer.size": "4194304",
  "num.network.threads": "2",
  "num.io.threads": "4",
  "background.threads": "2",
  // After a crash the controller waits that long for the old process before it takes the new one.
  "broker.session.timeout.ms": "3000",
  "broker.heartbeat.interval.ms": "500",
  // Deleted topics give their space back at once.
  "log.segment.delete.delay.ms": "1000",
};

/** Known to 4.x only; an older broker would warn of them. */
const SINCE_4: Properties = {
  "group.coordinator.threads": "1",
  "share.coordinator.state.topic.num.partitions": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
};

/** Everything that stands in server.properties. */
export function kafkaProperties(config: KafkaConfig, version: string): Properties {
  const { listeners, ports, logFolder, settings } = config;
  const properties: Properties = {
    ...COMMON,
    ...(version.startsWith("3.") ? {} : SINCE_4),
    "log.dirs": logFolder,
    "controller.quorum.voters": `1@${HOST}:${ports.controller}`,
  };
  const listening = [`${DIRECT}://${HOST}:${ports.direct}`];
  const advertised = [...listening];
  const protocols = [`${DIRECT}:PLAINTEXT`, `${CONTROLLER}:PLAINTEXT`];
  for (const [i, listener] of listeners.entries()) {
    const name = listenerName(i);
    const port = ports.listeners[i];
    listening.push(`${name}://${HOST}:${port}`);
    advertised.push(`${name}://${HOST}:${listener.advertisedPort ?? port}`);
    protocols.push(`${name}:${protocolOf(listener)}`);
    Object.assign(properties, saslProperties(config, i), tlsProperties(config, i));
  }
  listening.push(`${CONTROLLER}://${HOST}:${ports.controller}`);
  properties["listeners"] = listening.join(",");
  properties["advertised.listeners"] = advertised.join(",");
  properties["listener.security.protocol.map"] = protocols.join(",");
  return { ...properties, ...settings };
}

/** The text of a .properties file; backslashes, the one character that it reads as its own, are doubled. */
export function formatProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`)
    .join("");
}

/** Where the PEM file with key and certificate of a listener is, inside the node's folder. */
export function keyStorePath(folder: string, index: number): string {
  return `${folder}/listener-${index}.pem`;
}

/** What `kafka.tools.StorageTool format --add-scram` takes: one argument for each user and mechanism in use. */
export function scramArguments({
  listeners,
  users,
}: Pick<KafkaConfig, "listeners" | "users">): string[] {
  const mechanisms = new Set(listeners.flatMap(({ sasl = [] }) => sasl));
  mechanisms.delete("PLAIN");
  return [...mechanisms].flatMap((mechanism) =>
    Object.entries(users).map(
      ([name, password]) => `${mechanism}=[name=${name},password=${password}]`,
    ),
  );
}

/** @throws {RangeError} for a user or password that the places where Kafka reads them cannot hold */
export function assertUsers(users: Readonly<Record<string, string>>): void {
  for (const [name, password] of Object.entries(users)) {
    if (!(/^\w+$/.test(name) && /^[\w-]+$/.test(password))) {
      throw new RangeError(
        `user "${name}": names are of letters, digits and _, passwords also of -`,
      );
    }
  }
}

function listenerName(index: number): string {
  return `CLIENT${index}`;
}

function protocolOf({ sasl, tls }: KafkaListener): string {
  if (sasl !== undefined) return tls === undefined ? "SASL_PLAINTEXT" : "SASL_SSL";
  return tls === undefined ? "PLAINTEXT" : "SSL";
}

function saslProperties({ listeners, users }: KafkaConfig, index: number): Properties {
  const { sasl } = listeners[index] ?? {};
  if (sasl === undefined) return {};
  const prefix = `listener.name.${listenerName(index).toLowerCase()}`;
  const properties: Properties = { [`${prefix}.sasl.enabled.mechanisms`]: sasl.join(",") };
  for (const mechanism of sasl) {
    const key = `${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`;
    properties[key] =
      mechanism === "PLAIN" ? plainLogin(users) : `${LOGIN_MODULES.SCRAM} required;`;
  }
  return properties;
}

function plainLogin(users: Readonly<Record<string, string>>): string {
  const known = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  return `${[LOGIN_MODULES.PLAIN, "required", ...known].join(" ")};`;
}

function tlsProperties({ listeners, folder }: KafkaConfig, index: number): Properties {
  const { tls } = listeners[index] ?? {};
  if (tls === undefined) return {};
  const prefix = `listener.name.${listenerName(index).toLowerCase()}.ssl`;
  return {
    [`${prefix}.keystore.type`]: "PEM",
    [`${prefix}.keystore.location`]: keyStorePath(folder, index),
    [`${prefix}.truststore.type`]: "PEM",
    [`${prefix}.truststore.location`]: tls.certificates.ca,
    [`${prefix}.client.auth`]: tls.asksClient === true ? "required" : "none",
  };
}
