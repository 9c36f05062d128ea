export type {
  BlockRead,
  BlockRow,
  BlockStore,
  BlockTable,
  BlockWrite,
  KeyValues,
  RowOutcome,
  StoredCell,
} from "./block-store.ts";
