import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FeatureStoreError, ofsVersion } from "@ofs/platform";
import { z } from "zod";

/** Tells what a backup is, and what is in it. */
export const MANIFEST_FILE = "manifest.json";

/** How backups are laid out. */
export const BACKUP_FORMAT = 1;

/** Rights of what a backup holds: to read and write, for its owner. There are tokens and hashes of passwords in it. */
export const OWNER_ONLY = 0o600;

const fileSchema = z.object({
  /** Inside the backup, with slashes. */
  path: z.string().min(1),
  sizeBytes: z.number().int().nonnegative(),
  /** Hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.object({
  format: z.literal(BACKUP_FORMAT),
  /** `fleet`: a data folder; `registry`: the trees of an etcd. */
  kind: z.enum(["fleet", "registry"]),
  /** Of the program that made it. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  /** Of both registries. */
  revisions: z.object({ block: z.number().int(), row: z.number().int() }),
  /** Entries, rows and records, by file and table or topic. */
  counts: z.record(z.string(), z.number().int().nonnegative()),
  /** What whoever restores it should know, such as damage that was there already. */
  notes: z.array(z.string()),
  files: z.array(fileSchema),
});

/** What a backup says of itself. */
export type Manifest = z.output<typeof manifestSchema>;

/** One file of a backup. */
export type BackupFile = Manifest["files"][number];

/** What its maker says of a backup; the rest is added. */
export type BackupContent = Pick<Manifest, "kind" | "revisions" | "counts" | "notes">;

/** @param folder in which all other files of the backup are */
export function writeManifest(
  folder: string,
  content: BackupContent,
  files: readonly BackupFile[],
): Manifest {
  const manifest: Manifest = {
    format: BACKUP_FORMAT,
    version: ofsVersion(),
    createdAt: new Date().toISOString(),
    ...content,
    files: [...files],
  };
  const text = `${JSON.stringify({ ...manifest, checksum: checksumOf(manifest) }, null, 2)}\n`;
  writeFileSync(join(folder, MANIFEST_FILE), text, { mode: OWNER_ONLY, flush: true });
  return manifest;
}

/**
 * @param folder of a backup
 * @throws {FeatureStoreError} FAILED_PRECONDITION if it is none, is not whole, or is newer than this program
 */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST_FILE);
  const { checksum, ...value } = parseObject(file);
  const { format } = value;
  if (typeof format === "number" && format > BACKUP_FORMAT) {
    throw refused(file, `its format is ${format}, this version reads ${BACKUP_FORMAT}`);
  }
  if (checksum !== checksumOf(value)) throw refused(file, "it does not match its checksum");
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw refused(file, z.prettifyError(parsed.error));
  if (isNewer(parsed.data.version, ofsVersion())) {
    const reason = `it was made by version ${parsed.data.version}, this is ${ofsVersion()}`;
    throw refused(file, `${reason}: restore it with that version or a later one`);
  }
  return parsed.data;
}

/** @param file that is not as it should be */
export function refused(file: string, reason: string, options?: ErrorOptions): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `backup ${file}: ${reason}`, options);
}

/** @param folder of a backup that holds something else than is wanted */
export function refusedKind(
  folder: string,
  kind: Manifest["kind"],
  hint: string,
): FeatureStoreError {
  const what = kind === "fleet" ? "a data folder" : "the registry of an etcd";
  return refused(join(folder, MANIFEST_FILE), `it is the backup of ${what}: ${hint}`);
}

function parseObject(file: string): Readonly<Record<"format" | "checksum", unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null)
      return value as Record<"format" | "checksum", unknown>;
  } catch (cause) {
    throw refused(file, (cause as Error).message, { cause });
  }
  throw refused(file, "it holds no JSON object");
}

/** @param manifest all but the checksum, in the order in which it is written */
function checksumOf(manifest: object): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}

/** Compares `major.minor.patch`; what comes after a dash does not count. */
function isNewer(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split("-")[0]?.split(".").map(Number));
  for (let place = 0; place < 3; place += 1) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
