import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";

type Native = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

interface AnchorLinkProps extends Omit<AnchorProps, "href">, Native {
  readonly ref?: Ref<HTMLAnchorElement>;
  readonly children?: ReactNode;
}

interface ButtonLinkProps extends Omit<ButtonProps, "href"> {
  readonly ref?: Ref<HTMLAnchorElement>;
  readonly children?: ReactNode;
  readonly "aria-label"?: string;
}

function PlainAnchor(props: AnchorLinkProps): ReactNode {
  return <Anchor inherit {...props} />;
}

function PlainButton(props: ButtonLinkProps): ReactNode {
  return <Button component="a" {...props} />;
}

/** A link in running text or in a table. */
export const TextLink = createLink(PlainAnchor);

/** A link that looks like a button. */
export const ButtonLink = createLink(PlainButton);
