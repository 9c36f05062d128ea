/** Calls etcd's JSON gateway, as an operator would. */
export async function etcdCall(
  port: number,
  path: string,
  body: Readonly<Record<string, unknown>>,
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/v3/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    ...(token === undefined ? {} : { headers: { authorization: token } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** @returns the revision of the change */
export async function etcdPut(port: number, key: string, value: string): Promise<number> {
  const encode = (text: string): string => Buffer.from(text).toString("base64");
  const answer = await etcdCall(port, "kv/put", { key: encode(key), value: encode(value) });
  return Number((answer["header"] as { revision: string }).revision);
}

const ROOT = { name: "root", password: "secret" };

/** From now on nobody without credentials may do anything. */
export async function enableEtcdAuth(port: number): Promise<void> {
  await etcdCall(port, "auth/user/add", ROOT);
  await etcdCall(port, "auth/role/add", { name: "root" });
  await etcdCall(port, "auth/user/grant", { user: "root", role: "root" });
  await etcdCall(port, "auth/enable", {});
}

export async function disableEtcdAuth(port: number): Promise<void> {
  const { token } = await etcdCall(port, "auth/authenticate", ROOT);
  await etcdCall(port, "auth/disable", {}, String(token));
}
