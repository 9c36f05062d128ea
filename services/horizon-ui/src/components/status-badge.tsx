import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import type { RequestStatus } from "../model/change-kinds.ts";

const LOOKS: Readonly<Record<RequestStatus, { readonly color: string; readonly text: string }>> = {
  "PENDING APPROVAL": { color: "yellow", text: "Waiting" },
  APPLYING: { color: "blue", text: "Applying" },
  APPROVED: { color: "green", text: "Approved" },
  REJECTED: { color: "gray", text: "Rejected" },
  FAILED: { color: "red", text: "Failed" },
};

/** @returns the status in a word; colour alone would not tell everybody */
export function statusText(status: RequestStatus): string {
  return LOOKS[status].text;
}

export function StatusBadge({ status }: { readonly status: RequestStatus }): ReactNode {
  const { color, text } = LOOKS[status];
  return (
    <Badge color={color} variant="dot" tt="none" fw={500} miw="max-content">
      {text}
    </Badge>
  );
}
