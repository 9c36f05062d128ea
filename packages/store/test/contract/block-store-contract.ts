import { afterAll, beforeAll, describe } from "vitest";
import { type BlockStoreSubject, type ContractContext, Table } from "./contract-context.ts";
import { deletesContract } from "./deletes-contract.ts";
import { limitsContract } from "./limits-contract.ts";
import { rowsContract } from "./rows-contract.ts";
import { writesContract } from "./writes-contract.ts";

export type { BlockStoreSubject } from "./contract-context.ts";

/** The contract of `BlockStore`, run over one adapter. Each test uses keys of its own. */
export function blockStoreContract(name: string, open: () => Promise<BlockStoreSubject>): void {
  describe(`${name} keeps the block store contract`, () => {
    let opened: ContractContext | undefined;

    beforeAll(async () => {
      const subject = await open();
      const { store } = subject;
      const users = new Table(subject, ["user_id"]);
      const pairs = new Table(subject, ["user_id", "item_id"]);
      opened = { subject, store, users, pairs };
      await store.prepare(users, users.groups);
      await store.prepare(pairs, pairs.groups);
    }, 60_000);

    afterAll(async () => {
      await opened?.subject.close();
    }, 60_000);

    const context = (): ContractContext => {
      if (opened === undefined) throw new Error(`${name} could not be opened`);
      return opened;
    };
    rowsContract(context);
    writesContract(context);
    deletesContract(context);
    limitsContract(context);
  });
}
