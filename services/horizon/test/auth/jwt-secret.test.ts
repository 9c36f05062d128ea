import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JWT_SECRET_FILE, loadJwtSecret } from "../../src/auth/jwt-secret.ts";
import { TokenSigner } from "../../src/auth/token-signer.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-secret-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("loadJwtSecret", () => {
  it("makes a secret once, and keeps it from others", () => {
    const secret = loadJwtSecret(folder);
    expect(Buffer.from(secret, "base64url")).toHaveLength(48);
    expect(loadJwtSecret(folder)).toBe(secret);
    expect(statSync(join(folder, JWT_SECRET_FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, JWT_SECRET_FILE), "utf8").trim()).toBe(secret);
  });

  it("takes away rights that somebody has given", () => {
    loadJwtSecret(folder);
    chmodSync(join(folder, JWT_SECRET_FILE), 0o644);
    loadJwtSecret(folder);
    expect(statSync(join(folder, JWT_SECRET_FILE)).mode & 0o777).toBe(0o600);
  });

  it("does not sign with a damaged file", () => {
    writeFileSync(join(folder, JWT_SECRET_FILE), "short\n");
    expect(() => loadJwtSecret(folder)).toThrow(/is damaged/);
  });
});

describe("TokenSigner", () => {
  const user = { email: "a@example.org", role: "user" } as const;
  const [old, next] = ["o".repeat(32), "n".repeat(32)] as const;

  it("accepts what an earlier secret has signed until that is taken away", async () => {
    const { token } = await new TokenSigner(old, [], 60).sign(user, Date.now());
    const rotated = new TokenSigner(next, [old], 60);
    expect(await rotated.verify(token, Date.now())).toMatchObject({ email: user.email });
    await expect(new TokenSigner(next, [], 60).verify(token, Date.now())).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });
});
