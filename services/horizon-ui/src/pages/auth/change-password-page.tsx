import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { fieldErrors } from "../../components/form-errors.ts";
import { TextLink } from "../../components/links.tsx";
import { notifySuccess } from "../../components/notify.ts";
import { passwordFaults } from "../../model/password-rules.ts";
import { useApi } from "../../session/api-context.ts";
import { SESSION_KEY, useSessionQuery } from "../../session/use-session.ts";
import { AuthFrame, FormFailure } from "./auth-frame.tsx";
import { PasswordRules } from "./password-rules-list.tsx";

/** `/change-password`: when somebody wants to, and before anything else when they must. */
export function ChangePasswordPage(): ReactNode {
  const current = useSessionQuery();
  if (current.data === null) return <Navigate to="/login" replace />;
  const isForced = current.data?.mustChangePassword === true;
  return (
    <AuthFrame title="Change password">
      {isForced ? (
        <Alert color="yellow">
          Your password was set by somebody else. Choose one that only you know.
        </Alert>
      ) : null}
      <ChangePasswordForm />
      {isForced ? null : <TextLink to="/">Back</TextLink>}
    </AuthFrame>
  );
}

function ChangePasswordForm(): ReactNode {
  const { session } = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { "current-password": "", "new-password": "", repeated: "" },
    validate: {
      "current-password": (value) => (value === "" ? "Enter your current password" : null),
      "new-password": (value) =>
        passwordFaults(value).length > 0 ? "The password does not keep all rules below" : null,
      repeated: (value, values) =>
        value === values["new-password"] ? null : "This is not the same password",
    },
  });
  const change = useMutation({
    mutationFn: (values: typeof form.values) =>
      session.changePassword(values["current-password"], values["new-password"]),
    onSuccess: async (current) => {
      client.setQueryData(SESSION_KEY, current);
      notifySuccess("Your password was changed");
      await navigate({ to: "/" });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
      <Stack>
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          {...form.getInputProps("current-password")}
        />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          {...form.getInputProps("new-password")}
        />
        <PasswordRules password={form.values["new-password"]} />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          {...form.getInputProps("repeated")}
        />
        <FormFailure error={change.error} />
        <Button type="submit" loading={change.isPending}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}
