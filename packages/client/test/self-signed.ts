import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/*
 * Just enough DER (ITU-T X.690) to make a certificate (RFC 5280) that signs itself: node:crypto makes keys and
 * signatures, but no certificates.
 */
const SEQUENCE = 0x30;
const SET = 0x31;
const OID_COMMON_NAME = "550403";
const OID_SUBJECT_ALT_NAME = "551d11";
const OID_BASIC_CONSTRAINTS = "551d13";
const OID_ECDSA_SHA256 = "2a8648ce3d040302";

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), body]);
}

const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const time = (text: string): Buffer => der(0x17, Buffer.from(text));
const name = (text: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, oid(OID_COMMON_NAME), der(0x0c, Buffer.from(text)))));

function certificate(host: string, publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const algorithm = der(SEQUENCE, oid(OID_ECDSA_SHA256));
  const hosts = der(SEQUENCE, der(0x82, Buffer.from(host)));
  const isAuthority = der(SEQUENCE, der(0x01, Buffer.from([0xff])));
  const body = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name(host),
    der(SEQUENCE, time("200101000000Z"), time("491231235959Z")),
    name(host),
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      der(
        SEQUENCE,
        der(SEQUENCE, oid(OID_SUBJECT_ALT_NAME), der(0x04, hosts)),
        der(SEQUENCE, oid(OID_BASIC_CONSTRAINTS), der(0x04, isAuthority)),
      ),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  return der(SEQUENCE, body, algorithm, der(0x03, Buffer.from([0]), signature));
}

/** @returns certificate and key in PEM */
export function selfSigned(host: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const base64 = certificate(host, publicKey, privateKey).toString("base64");
  const lines = (base64.match(/.{1,64}/g) ?? []).join("\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
