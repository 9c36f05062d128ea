import type { ReactNode } from "react";
import { TextLink } from "../links.tsx";

interface RowEntityLinkProps {
  readonly name: string;
  readonly children?: ReactNode;
}

export function RowEntityLink({ name, children }: RowEntityLinkProps): ReactNode {
  return (
    <TextLink to="/rows/entities/$entity" params={{ entity: name }}>
      {children ?? name}
    </TextLink>
  );
}

interface RowGroupLinkProps {
  readonly name: string;
  /** undefined: the latest. */
  readonly version?: string;
  readonly children?: ReactNode;
}

export function RowGroupLink({ name, version, children }: RowGroupLinkProps): ReactNode {
  return (
    <TextLink
      to="/rows/groups/$group"
      params={{ group: name }}
      search={version === undefined ? {} : { version }}
    >
      {children ?? name}
    </TextLink>
  );
}

/** Of every page of the row dialect's catalogue. */
export function discoveryTrail(): ReactNode[] {
  return [
    <TextLink key="discovery" to="/discovery">
      Discovery
    </TextLink>,
  ];
}
