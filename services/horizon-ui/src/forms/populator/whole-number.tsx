import { NumberInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { FieldOf } from "../request-form.tsx";

type WholeNumberProps = ReturnType<FieldOf> & {
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
};

/** A whole number that may be left empty. The form keeps it as text, so that a draft of it has one type. */
export function WholeNumber({ description = "", onChange, ...input }: WholeNumberProps): ReactNode {
  return (
    <NumberInput
      min={0}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      inputMode="numeric"
      {...(description === "" ? {} : { description })}
      {...input}
      onChange={(next) => onChange(String(next))}
    />
  );
}
