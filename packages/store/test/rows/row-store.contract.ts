import { afterAll, beforeAll, describe } from "vitest";
import type { RowStoreSubject } from "./contract-tables.ts";
import { deletesContract } from "./deletes-contract.ts";
import { limitsContract } from "./limits-contract.ts";
import { scansContract } from "./scans-contract.ts";
import { tablesContract } from "./tables-contract.ts";
import { ttlContract } from "./ttl-contract.ts";
import { valuesContract } from "./values-contract.ts";
import { writesContract } from "./writes-contract.ts";

/** What every adapter of `RowStore` and `RowTables` must do. */
export function rowStoreContract(name: string, open: () => Promise<RowStoreSubject>): void {
  describe(`${name} row store`, () => {
    let opened: RowStoreSubject;
    const subject = (): RowStoreSubject => opened;

    beforeAll(async () => {
      opened = await open();
    });

    afterAll(async () => {
      await opened.close();
    });

    describe("values", () => valuesContract(subject));
    describe("writes and point reads", () => writesContract(subject));
    describe("deletes", () => deletesContract(subject));
    describe("scans", () => scansContract(subject));
    describe("TTL", () => ttlContract(subject));
    describe("limits", () => limitsContract(subject));
    describe("tables", () => tablesContract(subject));
  });
}
