import { once } from "node:events";
import { connect } from "node:net";

/** Sends one command to a Redis, as an operator would. @returns the first line of the reply */
export async function redisCommand(port: number, ...words: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join("")}`);
  try {
    const [reply] = (await once(socket, "data")) as [Buffer];
    const [line = ""] = reply.toString().split("\r\n");
    if (line.startsWith("-")) throw new Error(`${words.join(" ")}: ${line}`);
    return line;
  } finally {
    socket.destroy();
  }
}
