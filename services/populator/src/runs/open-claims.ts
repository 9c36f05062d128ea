import { readEtcdTls } from "@ofs/connections";
import type { CheckResult, ServiceBase } from "@ofs/platform";
import { EtcdClaims } from "@ofs/registry";
import type { PopulatorConfig } from "../config.ts";
import { type Claims, ProcessClaims } from "./claims.ts";

/**
 * Claims of the fleet in etcd, or of this process where there is none.
 *
 * @param owner no other process has it
 * @param onLost all work under way may be another's; must not throw
 */
export async function openClaims(
  { process: settings, registry }: PopulatorConfig,
  owner: string,
  events: { readonly onHeld: () => void; readonly onLost: () => void },
  { log, health, lifecycle }: ServiceBase,
): Promise<Claims> {
  const { etcd } = registry;
  const onReleaseFailure = (err: unknown, path: string): void =>
    log.debug({ err, path }, "a claim goes by itself");
  if (etcd === undefined) return new ProcessClaims(undefined, onReleaseFailure);
  const shared = new EtcdClaims({
    etcd: {
      endpoints: etcd.endpoints,
      root: `/row/${settings.APP_NAME}/runtime`,
      username: etcd.username,
      password: etcd.password,
      tls: etcd.tls && (await readEtcdTls(etcd.tls)),
    },
    owner,
    ttlSeconds: settings.POPULATOR_LEASE_SECONDS,
    log,
    ...events,
  });
  lifecycle.register("claims", () => shared.close());
  health.register("claims", (): CheckResult => {
    if (shared.isHeld) return { status: "ok", detail: { lostCount: shared.lostCount } };
    return { status: "warning", detail: { error: shared.lastFault ?? "not asked for yet" } };
  });
  shared.start();
  return new ProcessClaims(shared, onReleaseFailure);
}
