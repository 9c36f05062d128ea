import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
} from "hyparquet";
import { wrapError } from "../../errors.ts";
import { type FileField, fileFields } from "./file-schema.ts";

/** A Parquet file, its footer read. */
export interface ParquetFile {
  /** Local. */
  readonly path: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rowCount: number;
  readonly fields: readonly FileField[];
}

/** @throws {DeltaError} FAILED_PRECONDITION if it is not Parquet */
export async function openParquetFile(path: string): Promise<ParquetFile> {
  try {
    const buffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    return {
      path,
      buffer,
      metadata,
      rowCount: Number(metadata.num_rows),
      fields: fileFields(metadata),
    };
  } catch (error) {
    throw wrapError(error, "FAILED_PRECONDITION", "it is not Parquet");
  }
}
