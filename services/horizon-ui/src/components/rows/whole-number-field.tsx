import { NumberInput } from "@mantine/core";
import type { ReactNode } from "react";

interface WholeNumberFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: number | string;
  readonly min?: number;
  /** undefined: nothing is wrong. */
  readonly error: string | undefined;
  readonly onChange: (value: number | string) => void;
}

/** A whole number that is not negative, of a dialog. */
export function WholeNumberField(props: WholeNumberFieldProps): ReactNode {
  const { description, min = 0, ...others } = props;
  return (
    <NumberInput
      min={min}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      inputMode="numeric"
      {...(description === undefined ? {} : { description })}
      {...others}
    />
  );
}
