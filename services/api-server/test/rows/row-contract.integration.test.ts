import { vi } from "vitest";
import { openCassandraWorld } from "./contract/cassandra-world.ts";
import { rowContract } from "./contract/row-contract.ts";

vi.setConfig({ testTimeout: 120_000 });

rowContract("rows in Cassandra, registered in etcd", openCassandraWorld);
