import type { ClientName, KafkaClient } from "./client.ts";
import { kafkajsClient } from "./kafkajs-client.ts";
import { ofsClient } from "./ofs-client.ts";
import { loadPlatformatic } from "./platformatic-client.ts";

/** @throws {Error} if it is not installed */
export async function loadClient(name: ClientName): Promise<KafkaClient> {
  if (name === "ofs") return ofsClient;
  return name === "kafkajs" ? kafkajsClient : loadPlatformatic();
}
