import { createLogger } from "@ofs/platform";
import { serverAddress } from "@ofs/testkit";
import { afterAll } from "vitest";
import {
  createTestDatabase,
  type TestDatabase,
} from "../../../horizon/test/database/mysql-fixtures.ts";
import { openState } from "../../src/store/open-store.ts";
import { testStore } from "./store-contract.ts";

let database: TestDatabase | undefined;

afterAll(() => database?.drop());

testStore(async () => {
  database = await createTestDatabase(serverAddress("mysql"));
  const log = createLogger({ service: "populator", level: "DISABLED" });
  return openState(database.settings, log);
});
