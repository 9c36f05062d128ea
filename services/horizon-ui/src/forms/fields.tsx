import { Fieldset, NumberInput, Select, SimpleGrid, Switch } from "@mantine/core";
import type { ReactNode } from "react";
import { formatDuration } from "../model/format.ts";
import type { CacheDraft } from "../model/payloads.ts";
import type { FieldOf } from "./request-form.tsx";

interface NumberFieldProps {
  readonly label: string;
  readonly description?: string | undefined;
  readonly props: ReturnType<FieldOf>;
  readonly max?: number;
  readonly suffix?: string;
}

/** A whole number that is not negative. */
export function NumberField(field: NumberFieldProps): ReactNode {
  const { label, description, props, max, suffix } = field;
  return (
    <NumberInput
      label={label}
      description={description}
      min={0}
      {...(max === undefined ? {} : { max })}
      {...(suffix === undefined ? {} : { suffix })}
      allowDecimal={false}
      allowNegative={false}
      inputMode="numeric"
      {...props}
    />
  );
}

/** Says seconds in larger units, and what 0 means. */
export function durationHint(value: number | string, zero: string): string {
  const seconds = Number(value);
  if (!Number.isFinite(seconds) || seconds < 0) return "In seconds";
  return seconds === 0 ? `In seconds. 0: ${zero}` : `In seconds: ${formatDuration(seconds)}`;
}

interface CacheFieldsProps {
  readonly title: string;
  readonly path: "distributed-cache" | "in-memory-cache";
  readonly value: CacheDraft;
  readonly field: FieldOf;
  /** conf-id -> kind. */
  readonly configs: Readonly<Record<string, string>>;
  /** An entity keeps the cache it was made with. */
  readonly isConfigFixed?: boolean;
}

/** Settings of one cache of an entity. */
export function CacheFields(props: CacheFieldsProps): ReactNode {
  const { title, path, value, field, configs, isConfigFixed = false } = props;
  const options = Object.entries(configs).map(([id, kind]) => ({
    value: id,
    label: `${id} (${kind})`,
  }));
  const isKnown = value["conf-id"] === "" || value["conf-id"] in configs;
  const all = isKnown
    ? options
    : [...options, { value: value["conf-id"], label: value["conf-id"] }];
  return (
    <Fieldset legend={title}>
      <Switch
        label="Cache rows of this entity"
        mb="sm"
        {...field(`${path}.enabled`, { type: "checkbox" })}
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label="Configured cache"
          data={all}
          disabled={isConfigFixed}
          allowDeselect={false}
          {...field(`${path}.conf-id`)}
        />
        <NumberField
          label="Time to live"
          description={durationHint(value["ttl-in-seconds"], "no expiry")}
          props={field(`${path}.ttl-in-seconds`)}
        />
        <NumberField
          label="Jitter"
          description="Spreads expiry, in per cent"
          max={100}
          props={field(`${path}.jitter-percentage`)}
        />
      </SimpleGrid>
    </Fieldset>
  );
}
