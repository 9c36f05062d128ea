import {
  ActionIcon,
  Group,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import type { ReactNode } from "react";
import { IconTrash } from "../components/icons.tsx";
import { isStringType, isVectorType } from "../model/data-types.ts";
import type { FeatureDraft } from "../model/payloads.ts";
import { NumberField } from "./fields.tsx";
import type { FieldOf } from "./request-form.tsx";

/** Where offline values come from. Empty: the feature has no offline source. */
const PROVIDERS = [
  { value: "", label: "No source" },
  { value: "TABLE", label: "Table" },
  { value: "PARQUET_GCS", label: "Parquet on GCS" },
  { value: "PARQUET_S3", label: "Parquet on S3" },
  { value: "PARQUET_ADLS", label: "Parquet on ADLS" },
  { value: "DELTA_GCS", label: "Delta on GCS" },
  { value: "DELTA_S3", label: "Delta on S3" },
  { value: "DELTA_ADLS", label: "Delta on ADLS" },
];

interface FeatureFieldsProps {
  /** In the form's list of features. */
  readonly index: number;
  readonly feature: FeatureDraft;
  readonly dataType: string;
  readonly field: FieldOf;
  /** The feature is there already: its name stays. */
  readonly isNameFixed?: boolean;
  readonly onRemove: () => void;
}

/** One feature of a form. */
export function FeatureFields(props: FeatureFieldsProps): ReactNode {
  const { index, feature, dataType, field, isNameFixed = false, onRemove } = props;
  const path = `features.${index}`;
  const name = feature.labels === "" ? `feature ${index + 1}` : feature.labels;
  return (
    <Paper withBorder p="sm" component="fieldset" m={0} aria-label={name}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove ${name} from this request`}
            onClick={onRemove}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
          {isNameFixed ? null : <TextInput label="Label" required {...field(`${path}.labels`)} />}
          <TextInput
            label="Default"
            description={isVectorType(dataType) ? "As [0,0,…]" : undefined}
            {...field(`${path}.default-values`)}
          />
          {isStringType(dataType) ? (
            <NumberField
              label="String length"
              description="Largest size in UTF-8 bytes"
              props={field(`${path}.string-length`)}
            />
          ) : null}
          {isVectorType(dataType) ? (
            <NumberField
              label="Vector length"
              description="Number of elements"
              props={field(`${path}.vector-length`)}
            />
          ) : null}
        </SimpleGrid>
        <SourceFields path={path} feature={feature} field={field} />
      </Stack>
    </Paper>
  );
}

interface SourceFieldsProps {
  readonly path: string;
  readonly feature: FeatureDraft;
  readonly field: FieldOf;
}

function SourceFields({ path, feature, field }: SourceFieldsProps): ReactNode {
  const provider = feature["storage-provider"];
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xs">
      <Select
        label="Source"
        data={PROVIDERS}
        allowDeselect={false}
        {...field(`${path}.storage-provider`)}
      />
      {provider === "" ? null : (
        <>
          <TextInput
            label={provider === "TABLE" ? "Table" : "Path"}
            placeholder={provider === "TABLE" ? "database.table" : undefined}
            {...field(`${path}.source-base-path`)}
          />
          <TextInput label="Column" {...field(`${path}.source-data-column`)} />
        </>
      )}
    </SimpleGrid>
  );
}
