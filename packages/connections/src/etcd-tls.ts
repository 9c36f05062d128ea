import { readFile } from "node:fs/promises";
import type { EtcdTls } from "@ofs/registry";
import type { EtcdTlsFiles } from "./config/registry-settings.ts";

/** @throws the system's error for a file that cannot be read */
export async function readEtcdTls({ caFile, certFile, keyFile }: EtcdTlsFiles): Promise<EtcdTls> {
  return {
    ca: await readFile(caFile),
    cert: certFile === undefined ? undefined : await readFile(certFile),
    key: keyFile === undefined ? undefined : await readFile(keyFile),
  };
}
