import { describe } from "vitest";
import { describeCrashes } from "./support/crash-suite.ts";
import { ServerWorlds } from "./support/server-worlds.ts";

describe("over MariaDB, etcd and Cassandra", () => {
  describeCrashes(new ServerWorlds());
});
