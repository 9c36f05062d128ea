import { Alert, Code, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ChangeRequest } from "../../api/requests.ts";
import { ChangePreviewView } from "../../components/change-preview.tsx";
import { TextLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, QueryView } from "../../components/query-view.tsx";
import { Facts, Section } from "../../components/section.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { When } from "../../components/when.tsx";
import { type ChangeKind, isChangeKind, isOver, KIND_TEXTS } from "../../model/change-kinds.ts";
import { requestSubject } from "../../model/request-subject.ts";
import { useApi } from "../../session/api-context.ts";
import { KEYS } from "../../session/queries.ts";
import { Decision } from "./decision.tsx";

/** While it is being carried out, somebody looks again this often. */
const APPLYING_REFRESH_MS = 2_000;

/** `/requests/$kind/$id`. */
export function RequestPage(): ReactNode {
  const { kind, id } = useParams({ from: "/shell/requests/$kind/$id" });
  if (!isChangeKind(kind) || !/^[1-9]\d{0,9}$/.test(id)) {
    return (
      <Page title="Request">
        <EmptyState title="There is no such request" />
      </Page>
    );
  }
  return <LoadedRequest kind={kind} id={Number(id)} />;
}

function LoadedRequest({
  kind,
  id,
}: {
  readonly kind: ChangeKind;
  readonly id: number;
}): ReactNode {
  const { requests } = useApi();
  const request = useQuery({
    queryKey: [KEYS.requests, "one", kind, id],
    queryFn: ({ signal }) => requests.find(kind, id, signal),
    refetchInterval: ({ state }) =>
      state.data?.status === "APPLYING" ? APPLYING_REFRESH_MS : false,
  });
  const trail = [
    <TextLink key="requests" to="/requests" search={{ family: KIND_TEXTS[kind].family }}>
      Requests
    </TextLink>,
  ];
  return (
    <Page
      title={
        request.data === undefined
          ? `Request ${id}`
          : `${id} · ${requestSubject(kind, request.data.payload)}`
      }
      description={KIND_TEXTS[kind].title}
      trail={trail}
    >
      <QueryView query={request} what="the request">
        {(loaded) => <RequestDetails request={loaded} />}
      </QueryView>
    </Page>
  );
}

function RequestDetails({ request }: { readonly request: ChangeRequest }): ReactNode {
  const { status, rejectReason, approvedBy } = request;
  return (
    <Stack gap="lg">
      <Section>
        <Facts
          facts={[
            ["Status", <StatusBadge key="status" status={status} />],
            ["Asked for by", request.createdBy],
            ["Made", <When key="made" atMs={request.createdAtMs} />],
            ["Decided by", approvedBy || "–"],
            ["Last change", <When key="changed" atMs={request.updatedAtMs} />],
          ]}
        />
        {rejectReason === "" ? null : (
          <Alert
            color={status === "FAILED" ? "red" : "gray"}
            title={status === "FAILED" ? "Why it failed" : "Reason"}
          >
            {rejectReason}
          </Alert>
        )}
      </Section>
      <Decision request={request} />
      {isOver(status) ? null : <RequestPreview request={request} />}
      <Section title="As it was asked for" description="Tokens are not shown.">
        <Code block tabIndex={0} aria-label="Payload">
          {JSON.stringify(request.payload, undefined, 2)}
        </Code>
      </Section>
    </Stack>
  );
}

function RequestPreview({ request }: { readonly request: ChangeRequest }): ReactNode {
  const { requests } = useApi();
  const { kind, id } = request;
  const preview = useQuery({
    queryKey: [KEYS.requests, "preview", kind, id],
    queryFn: ({ signal }) => requests.previewRequest(kind, id, signal),
  });
  return (
    <Section title="What it would change" description="Checked against the registry as it is now.">
      <QueryView query={preview} what="the preview">
        {(loaded) => <ChangePreviewView preview={loaded} />}
      </QueryView>
    </Section>
  );
}
