import { z } from "zod";

/*
 * What the consumer's HTTP answers, as far as commands need it; `--json` prints answers as they come.
 */

export const topicsSchema = z.looseObject({
  topics: z.array(
    z.looseObject({
      name: z.string(),
      partitionCount: z.number(),
      isConsumed: z.boolean(),
      dialect: z.string().optional(),
    }),
  ),
});

const partitionSchema = z.looseObject({
  partition: z.number(),
  startOffset: z.number(),
  endOffset: z.number(),
  committed: z.number().optional(),
  lag: z.number(),
  isAssignedHere: z.boolean(),
  paused: z.string().optional(),
  halted: z.looseObject({ reason: z.string() }).optional(),
  waitingRecords: z.number().optional(),
});

export const lagSchema = z.looseObject({
  group: z.string(),
  lag: z.number(),
  topics: z.array(
    z.looseObject({ topic: z.string(), lag: z.number(), partitions: z.array(partitionSchema) }),
  ),
});

export type LagAnswer = z.output<typeof lagSchema>;

export const producedSchema = z.object({
  records: z.array(z.object({ partition: z.number(), offset: z.number() })),
});

export type ProducedRecord = z.output<typeof producedSchema>["records"][number];

export const lettersSchema = z.looseObject({
  deadLetterTopic: z.string(),
  letters: z.array(
    z.looseObject({
      partition: z.number(),
      offset: z.number(),
      time: z.string().optional(),
      code: z.string(),
      error: z.string(),
      entity: z.string().optional(),
      attempts: z.number().optional(),
    }),
  ),
  cursor: z.string().optional(),
});

export const letterSchema = z.looseObject({ error: z.string() });

export const replaySchema = z.looseObject({
  replayedCount: z.number(),
  skippedCount: z.number(),
  scannedCount: z.number(),
  isDryRun: z.boolean(),
  cursor: z.string().optional(),
});
