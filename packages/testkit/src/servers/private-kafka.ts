import { localAddress } from "../free-ports.ts";
import { startKafkaNode } from "./kafka.ts";
import type { KafkaListener } from "./kafka-config.ts";
import type { KafkaVersion } from "./kafka-programs.ts";
import { type PrivateServer, startInNewFolder, toPrivateServer } from "./private-servers.ts";
import { parseAddresses, type ServerAddress } from "./server-address.ts";

export interface PrivateKafkaOptions {
  /** Default `4.1.0`. */
  readonly version?: KafkaVersion;
  /** Default: one in plain text, on a free port that it advertises. */
  readonly listeners?: readonly KafkaListener[];
  /** Who may log in at listeners with `sasl`: passwords by name. */
  readonly users?: Readonly<Record<string, string>>;
  /** Of server.properties, added or in place of ours: `{ "message.max.bytes": "2000000" }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A broker that one test has for itself; `address` is its first listener. */
export interface PrivateKafka extends PrivateServer {
  /** In the order of the options' `listeners`. */
  readonly listeners: readonly ServerAddress[];
  /**
   * A further listener, in plain text and advertising itself: past proxies and passwords, for looking at what the
   * broker really has.
   */
  readonly direct: ServerAddress;
}

/**
 * Starts a broker; topics have to be created. Takes 2 s of CPU, or 4 with SCRAM, and 170 MB: share one between the tests of a file.
 *
 * With a fault proxy in between, the broker must name the proxy to its clients:
 *
 * ```ts
 * const port = await freePort();
 * const proxy = await startTcpProxy({ target: { host: "127.0.0.1", port } });
 * const kafka = await startPrivateKafka({ listeners: [{ port, advertisedPort: proxy.port }] });
 * ```
 */
export async function startPrivateKafka(options: PrivateKafkaOptions = {}): Promise<PrivateKafka> {
  const { version = "4.1.0", listeners = [{}], users = {}, settings = {} } = options;
  if (listeners.length === 0) throw new RangeError("listeners: [] leaves clients no port");
  const node = { version, listeners, users, settings };
  const { started, close } = await startInNewFolder("kafka", (context) =>
    startKafkaNode(context, node),
  );
  const [direct] = parseAddresses(localAddress(started.directPort));
  if (direct === undefined) throw new Error("no direct listener");
  return {
    ...toPrivateServer(started, close),
    listeners: parseAddresses(started.address),
    direct,
  };
}
