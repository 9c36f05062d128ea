import { FeatureStoreError } from "@ofs/platform";

export interface EtcdSourceOptions {
  /** Comma list of `host:port`, with `http://` or `https://` in front or not (one kind for all). */
  readonly endpoints: string;
  /** Key of the tree's root, for example `/config/onfs`; without a slash at the end. */
  readonly root: string;
  /** Both or neither. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM. Given or not, `https://` endpoints use TLS, without it against the system's authorities. */
  readonly tls?: EtcdTls | undefined;
  /** Whether changes are followed; otherwise the tree is what it was at the load. Default true. */
  readonly isWatchEnabled?: boolean | undefined;
  /** Deadline of each single call. Default 5 000. */
  readonly callTimeoutMs?: number | undefined;
}

export interface EtcdTls {
  readonly ca: Buffer;
  /** For client authentication: both or neither. */
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** Options in the form that the client works with. */
export interface CompiledEtcdOptions {
  readonly endpoints: readonly EtcdEndpoint[];
  readonly root: string;
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  readonly tls: EtcdTls | undefined;
  readonly isWatchEnabled: boolean;
  readonly callTimeoutMs: number;
}

export interface EtcdEndpoint {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const PORT_DEFAULT = 2379;
const CALL_TIMEOUT_MS = 5_000;

/** @throws {FeatureStoreError} INVALID_ARGUMENT, naming the option */
export function compileEtcdOptions(options: EtcdSourceOptions): CompiledEtcdOptions {
  const { root, tls, username = "", password = "" } = options;
  if (!/^\/[^/]/.test(root) || root.endsWith("/") || root.includes("//")) {
    throw invalid("root", root, "is not a key like /config/onfs");
  }
  if ((username === "") !== (password === "")) {
    throw invalid("username", username, "needs a password, and the password a username");
  }
  if (tls !== undefined && (tls.cert === undefined) !== (tls.key === undefined)) {
    throw new FeatureStoreError("INVALID_ARGUMENT", "etcd tls: cert needs key, and key needs cert");
  }
  return {
    endpoints: parseEndpoints(options.endpoints, tls !== undefined),
    root,
    auth: username === "" ? undefined : { username, password },
    tls,
    isWatchEnabled: options.isWatchEnabled ?? true,
    callTimeoutMs: options.callTimeoutMs ?? CALL_TIMEOUT_MS,
  };
}

function parseEndpoints(list: string, hasTls: boolean): readonly EtcdEndpoint[] {
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw invalid("endpoints", list, "names no endpoint");
  const endpoints = names.map((name) => parseEndpoint(name, hasTls));
  if (endpoints.some(({ isSecure }) => isSecure !== endpoints[0]?.isSecure)) {
    throw invalid("endpoints", list, "mixes http and https");
  }
  return endpoints;
}

function parseEndpoint(name: string, hasTls: boolean): EtcdEndpoint {
  const scheme = /^(https?):\/\//.exec(name)?.[1];
  const address = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/.exec(
    name.slice(scheme === undefined ? 0 : scheme.length + 3),
  );
  const port = Number(address?.[2] ?? PORT_DEFAULT);
  if (address?.[1] === undefined || port < 1 || port > 65_535) {
    throw invalid("endpoints", name, "is not host:port, with http:// or https:// in front or not");
  }
  return { host: address[1], port, isSecure: scheme === undefined ? hasTls : scheme === "https" };
}

function invalid(option: string, value: string, reason: string): FeatureStoreError {
  return new FeatureStoreError(
    "INVALID_ARGUMENT",
    `etcd ${option} ${JSON.stringify(value)} ${reason}`,
  );
}
