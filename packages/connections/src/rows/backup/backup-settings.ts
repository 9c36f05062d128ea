import { type EnvReader, text } from "@ofs/platform";
import { z } from "zod";

export const ROW_BACKUP_VARIABLES = z.object({
  ROW_S3_BUCKET: text()
    .refine((name) => /^[a-zA-Z0-9][\w.-]{1,253}$/.test(name), "must be a bucket's name")
    .optional(),
  ROW_S3_PREFIX: text()
    .transform((prefix) => prefix.replace(/^\/+|\/+$/g, ""))
    .default("metastore"),
  ROW_S3_ENDPOINT: text()
    .refine((url) => /^https?:\/\/[^\s/]+/.test(url) && URL.canParse(url), "must be an http(s) URL")
    .optional(),
  AWS_REGION: text().default("us-east-1"),
});

/** Where copies of what is registered are kept, outside etcd. Credentials are found as all clients of AWS find them. */
export interface RowBackupSettings {
  readonly bucket: string;
  /** Before every key; without a slash at its end. */
  readonly prefix: string;
  /** Of a server that is not Amazon's, addressed by path. */
  readonly endpoint: string | undefined;
  readonly region: string;
}

/** @returns undefined where no bucket is configured, or there were faults */
export function readRowBackupSettings(reader: EnvReader): RowBackupSettings | undefined {
  const env = reader.read(ROW_BACKUP_VARIABLES);
  if (env?.ROW_S3_BUCKET === undefined) return undefined;
  return {
    bucket: env.ROW_S3_BUCKET,
    prefix: env.ROW_S3_PREFIX,
    endpoint: env.ROW_S3_ENDPOINT,
    region: env.AWS_REGION,
  };
}
