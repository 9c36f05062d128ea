import { SAMPLE_CALLER } from "../cli/connection.ts";
import { DEFAULT_CONSUMER_ADDRESS } from "../cli/consumer-client.ts";

/** What the commands are made for. */
export interface CommandContext {
  /** How the command line is called, in front of its arguments: `npm run -s ofs --`. */
  readonly cli: string;
  /** `host:port` */
  readonly address: string;
  /** Whether the command line finds the server by itself. */
  readonly isDefaultAddress: boolean;
  /** `host:port` of the consumer. */
  readonly consumerAddress: string;
}

/** A command to paste, and what it shows. */
export interface ReadyCommand {
  readonly title: string;
  readonly command: string;
}

const SHOWN_QUERY = {
  entity_label: "movie",
  feature_groups: [
    { label: "ratings", feature_labels: ["imdb_rating", "rotten_tomatoes"] },
    { label: "facts", feature_labels: ["title", "director"] },
  ],
  keys_schema: ["movie_id"],
  keys: [{ cols: ["inception"] }, { cols: ["the-dark-knight"] }],
};

/** Commands that read the sample in each of the ways there are. */
export function sampleCommands(context: CommandContext): ReadyCommand[] {
  const cli = cliFor(context);
  const { address } = context;
  const headers = [
    `-H 'online-feature-store-caller-id: ${SAMPLE_CALLER}'`,
    `-H 'online-feature-store-auth-token: ${SAMPLE_CALLER}'`,
  ].join(" ");
  const body = JSON.stringify(SHOWN_QUERY);
  return [
    { title: "what there is", command: `${cli} describe` },
    {
      title: "two films",
      command: `${cli} get movie inception the-dark-knight --features ratings facts:title,director`,
    },
    { title: "a route, a composite key", command: `${cli} get route origin=SEA,destination=SFO` },
    {
      title: "a film of your own, through the ingestion log",
      command: `${cli} produce movie '{"movie_id": "my-film", "imdb_rating": 9.9}' --wait${consumerFlag(context)}`,
    },
    {
      title: "the same films over HTTP",
      command:
        `curl -s http://${address}/api/v1/features/retrieve/decoded -H 'content-type: application/json' ` +
        `${headers} -d '${body}'`,
    },
    {
      title: "and over gRPC",
      command:
        `grpcurl -plaintext ${headers} -d '${body}' ${address} ` +
        "retrieve.FeatureService/RetrieveDecodedResult",
    },
  ];
}

function consumerFlag({ consumerAddress }: CommandContext): string {
  return consumerAddress === DEFAULT_CONSUMER_ADDRESS ? "" : ` --consumer ${consumerAddress}`;
}

/** @returns the command line's prefix with the address, where it is not the one that it finds by itself */
export function cliFor({
  cli,
  address,
  isDefaultAddress,
}: Omit<CommandContext, "consumerAddress">): string {
  return isDefaultAddress ? cli : `${cli} --address ${address}`;
}
