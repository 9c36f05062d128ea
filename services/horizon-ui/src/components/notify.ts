import { notifications } from "@mantine/notifications";

/** Stays until it is closed: what failed should not vanish unread. */
export function notifyFailure(title: string, message: string): void {
  notifications.show({ title, message, color: "red", autoClose: false });
}

export function notifySuccess(message: string): void {
  notifications.show({ message, color: "green" });
}
