/**
 * Which etcd keys are the tree: the root's own key, and all below it. The slash keeps out neighbours
 * whose name only begins alike (`/config/onfs-x`).
 */
export class EtcdKeys {
  readonly root: Buffer;
  /** First key of the range below the root. */
  readonly prefix: Buffer;
  /** First key after that range. */
  readonly prefixEnd: Buffer;

  constructor(root: string) {
    this.root = Buffer.from(root);
    this.prefix = Buffer.from(`${root}/`);
    // "0" is the character after "/".
    this.prefixEnd = Buffer.from(`${root}0`);
  }

  toPath(key: Buffer): string {
    return key.toString("utf8", this.prefix.length);
  }

  toKey(path: string): Buffer {
    return path === "" ? this.root : Buffer.concat([this.prefix, Buffer.from(path)]);
  }
}

/** @returns the smallest key after `key` */
export function nextKey(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.from([0])]);
}

/** @returns the value in memory of its own: what the client hands out keeps its whole reply alive */
export function ownBytes(value: Uint8Array): Uint8Array {
  return new Uint8Array(value);
}
