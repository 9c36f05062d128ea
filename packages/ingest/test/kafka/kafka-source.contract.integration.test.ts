import { serverAddress } from "@ofs/testkit";
import { sourceContract } from "../sources/source-contract.ts";
import { kafkaSubject, startProxiedKafka } from "./kafka-fixtures.ts";

sourceContract("Kafka 3.9.1", async () => {
  const { text } = serverAddress("kafka-3");
  return kafkaSubject({ address: text, direct: text });
});

sourceContract("Kafka 4.1.0 behind a proxy", async () => {
  const { address, direct, proxy, close } = await startProxiedKafka();
  return kafkaSubject({
    address,
    direct,
    outage: { begin: () => proxy.inject({ kind: "refuse" }), end: () => proxy.heal() },
    close,
  });
});
