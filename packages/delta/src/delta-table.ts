import { DeltaError } from "./errors.ts";
import type { TableSnapshot, VersionChanges } from "./model/table-model.ts";
import type { FileReader } from "./reader/file-reader.ts";
import type { TableStorage } from "./storage/table-storage.ts";

/** A Delta Lake table; reads its log anew at each call, so that it sees new versions. */
export class DeltaTable {
  private constructor() {}

  /**
   * @param reader decodes checkpoints too
   * @throws {DeltaError} NOT_FOUND if there is no log
   */
  static async open(
    _storage: TableStorage,
    _reader: FileReader,
    _signal?: AbortSignal,
  ): Promise<DeltaTable> {
    throw new DeltaError("UNIMPLEMENTED", "reading tables is not built yet");
  }

  /** @throws {DeltaError} */
  latestVersion(_signal?: AbortSignal): Promise<number> {
    throw new DeltaError("UNIMPLEMENTED", "reading tables is not built yet");
  }

  /**
   * The newest version that was there at a time.
   *
   * @throws {DeltaError} NOT_FOUND if the oldest one that is still known is younger
   */
  versionAsOf(_timestampMs: number, _signal?: AbortSignal): Promise<number> {
    throw new DeltaError("UNIMPLEMENTED", "reading tables is not built yet");
  }

  /** @throws {DeltaError} NOT_FOUND, UNIMPLEMENTED (a protocol feature, named), FAILED_PRECONDITION (broken log) */
  snapshot(_version: number, _signal?: AbortSignal): Promise<TableSnapshot> {
    throw new DeltaError("UNIMPLEMENTED", "reading tables is not built yet");
  }

  /** @throws {DeltaError} as `snapshot`; also FAILED_PRECONDITION if the version's own commit is not there any more */
  changes(_version: number, _signal?: AbortSignal): Promise<VersionChanges> {
    throw new DeltaError("UNIMPLEMENTED", "reading tables is not built yet");
  }
}
