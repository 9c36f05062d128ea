/** A MySQL 8 or a MariaDB from 10.6 on. Its database must exist; the user may make and change tables in it. */
export interface MysqlSettings {
  readonly kind: "mysql";
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Encrypts connections, and checks the server's certificate and its name, so `host` must be a name. Texts in PEM. */
  readonly tls?: {
    /** Default: the authorities that Node trusts. */
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  /** Default 10. */
  readonly maxConnections?: number;
  /** How long a connection may take to be made, or to become free; default 5000. */
  readonly connectTimeoutMs?: number;
  /** How long the server may take for one statement; default 10 000. */
  readonly queryTimeoutMs?: number;
}

/** One file in a folder of this machine, made at the first start. */
export interface EmbeddedSettings {
  readonly kind: "embedded";
  readonly folder: string;
}

export type DatabaseSettings = MysqlSettings | EmbeddedSettings;
