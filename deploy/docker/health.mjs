/**
 * Health check of an image: asks the service in this container, over TLS if it serves that. Ends with 0 if it is alive.
 *
 *     node health.mjs PORT PATH
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";

const TIMEOUT_MS = 2500;

const [, , defaultPort, path] = process.argv;
const { APP_PORT, TLS_CERT_FILE, TLS_CLIENT_CA_FILE } = process.env;
const at = { host: "127.0.0.1", port: Number(APP_PORT || defaultPort) };

setTimeout(() => end(false, `no answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
if (TLS_CLIENT_CA_FILE) {
  // Only clients with a certificate are answered, and there is none here: that it accepts connections must do.
  connect(at, () => end(true)).once("error", (error) => end(false, error.message));
} else {
  const request = TLS_CERT_FILE ? requestHttps : requestHttp;
  // The certificate is for the names that others know, not for this address.
  request({ ...at, path, rejectUnauthorized: false }, ({ statusCode }) => {
    end(statusCode === 200, `status ${statusCode}`);
  })
    .once("error", (error) => end(false, error.message))
    .end();
}

function end(isAlive, reason) {
  if (!isAlive) process.stderr.write(`${path}: ${reason}\n`);
  process.exit(isAlive ? 0 : 1);
}
