import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { fieldErrors } from "../../components/form-errors.ts";
import { TextLink } from "../../components/links.tsx";
import { passwordFaults } from "../../model/password-rules.ts";
import { useApi } from "../../session/api-context.ts";
import { AuthFrame, FormFailure } from "./auth-frame.tsx";
import { PasswordRules } from "./password-rules-list.tsx";

function required(what: string): (value: string) => string | null {
  return (value) => (value.trim() === "" ? `Enter your ${what}` : null);
}

/** `/register`. */
export function RegisterPage(): ReactNode {
  const { session } = useApi();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { first_name: "", last_name: "", email: "", password: "" },
    validate: {
      first_name: required("first name"),
      last_name: required("last name"),
      email: required("email address"),
      password: (value) =>
        passwordFaults(value).length > 0 ? "The password does not keep all rules below" : null,
    },
  });
  const register = useMutation({
    mutationFn: (values: typeof form.values) => session.register(values),
    onSuccess: () => navigate({ to: "/login", search: { registered: true } }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <AuthFrame title="Register" description="An administrator activates new accounts.">
      <form onSubmit={form.onSubmit((values) => register.mutate(values))} noValidate>
        <Stack>
          <TextInput
            label="First name"
            autoComplete="given-name"
            {...form.getInputProps("first_name")}
          />
          <TextInput
            label="Last name"
            autoComplete="family-name"
            {...form.getInputProps("last_name")}
          />
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
          <PasswordRules password={form.values.password} />
          <FormFailure error={register.error} />
          <Button type="submit" loading={register.isPending}>
            Register
          </Button>
        </Stack>
      </form>
      <Text size="sm">
        Registered already?{" "}
        <TextLink to="/login" underline="always">
          Sign in
        </TextLink>
      </Text>
    </AuthFrame>
  );
}
