import type { Manifest } from "../backup/manifest.ts";
import type { RegistryAuthors } from "../backup/registry-backup.ts";
import type { CliIo } from "./io.ts";
import { openEtcdSource } from "./load/registry-target.ts";

/** Opens both trees of an application for the time of some work. */
export async function withAuthors<T>(
  endpoints: string,
  appName: string,
  env: NodeJS.ProcessEnv,
  act: (authors: RegistryAuthors) => Promise<T>,
): Promise<T> {
  const block = openEtcdSource(endpoints, `/config/${appName}`, env);
  const row = openEtcdSource(endpoints, `/row/${appName}/registry`, env);
  try {
    return await act({ block, row });
  } finally {
    await Promise.all([block.close(), row.close()]);
  }
}

/** What a backup is, a line a part of it. */
export function writeManifest({ stdout, stderr }: CliIo, folder: string, manifest: Manifest): void {
  const { kind, version, createdAt, files, counts, notes, revisions } = manifest;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const what = kind === "fleet" ? "data folder" : "registry";
  for (const [name, count] of Object.entries(counts)) {
    if (count > 0) stdout.write(`${name}\t${count}\n`);
  }
  stdout.write(
    `${folder}: ${what} of ${createdAt} by version ${version}, ${files.length} files, ${sizeBytes} bytes, ` +
      `registry at revision ${revisions.block}, rows' at ${revisions.row}\n`,
  );
  for (const note of notes) stderr.write(`note: ${note}\n`);
}
