import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { TextLink } from "../../components/links.tsx";
import { localPath } from "../../model/local-path.ts";
import { useApi } from "../../session/api-context.ts";
import { SESSION_KEY } from "../../session/use-session.ts";
import { AuthFrame, FormFailure } from "./auth-frame.tsx";

/** `/login`. */
export function LoginPage(): ReactNode {
  const { session } = useApi();
  const client = useQueryClient();
  const router = useRouter();
  const { next, registered } = useSearch({ from: "/login" });
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (value.trim() === "" ? "Enter your email address" : null),
      password: (value) => (value === "" ? "Enter your password" : null),
    },
  });
  const login = useMutation({
    mutationFn: (values: typeof form.values) => session.login(values.email.trim(), values.password),
    onSuccess: (current) => {
      // What somebody else has seen in this window is not for this user.
      client.clear();
      client.setQueryData(SESSION_KEY, current);
      router.history.push(current.mustChangePassword ? "/change-password" : localPath(next));
    },
  });
  return (
    <AuthFrame title="Sign in">
      {registered === true ? (
        <Alert color="green" role="status">
          Your account was made. An administrator has to activate it before you can sign in.
        </Alert>
      ) : null}
      <form onSubmit={form.onSubmit((values) => login.mutate(values))} noValidate>
        <Stack>
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            data-autofocus
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            {...form.getInputProps("password")}
          />
          <FormFailure error={login.error} />
          <Button type="submit" loading={login.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
      <Text size="sm">
        No account yet?{" "}
        <TextLink to="/register" underline="always">
          Register
        </TextLink>
      </Text>
    </AuthFrame>
  );
}
