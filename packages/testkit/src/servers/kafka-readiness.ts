import { Kafka, logLevel } from "kafkajs";
import { acceptsConnections, localAddress } from "../free-ports.ts";

const NAME = "ofs-readiness";
const CONNECT_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 5000;

/**
 * True once a broker does what a client asks of it first: its coordinators of groups and transactions have loaded
 * their topics. The port opens seconds before that.
 *
 * @param port of a listener in plain text, that advertises itself
 */
export async function isKafkaReady(port: number): Promise<boolean> {
  if (!(await acceptsConnections(port))) return false;
  const kafka = new Kafka({
    clientId: NAME,
    brokers: [localAddress(port)],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ transactionalId: NAME, retry: { retries: 0 } });
  try {
    await admin.connect();
    await admin.describeCluster(); // the client knows no broker to ask before that
    await admin.describeGroups([NAME]);
    await producer.connect();
    await (await producer.transaction()).abort();
    return true;
  } catch {
    return false; // not yet: the caller asks again until its deadline
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}
