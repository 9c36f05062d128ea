import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
} from "@mantine/core";

/** A quiet blue-green; shade 7 on white and shade 4 on dark keep a contrast above 4.5. */
const horizon: MantineColorsTuple = [
  "#eaf6fa",
  "#d8eaf1",
  "#b0d4e2",
  "#85bdd3",
  "#62aac7",
  "#4b9dbf",
  "#3e97bc",
  "#1f6d8a",
  "#17556b",
  "#0b3d4f",
];

/** A cross says nothing to those who do not see it. */
const NAMED = { "aria-label": "Close" };

export const theme = createTheme({
  colors: { horizon },
  primaryColor: "horizon",
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: "md",
  focusRing: "auto",
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: NAMED } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: NAMED } }),
    // The placeholder is no child that a menu may have. Without it the first item has the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
  },
});

/** Mantine's own quiet colours have a contrast below 4.5. */
export const resolveColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#545c64",
    "--mantine-color-placeholder": "#656d76",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-green-text": "#1d6f31",
    "--mantine-color-red-text": "#b3261e",
    "--mantine-color-green-light-color": "#1d6f31",
    "--mantine-color-red-light-color": "#a3211a",
    "--mantine-color-yellow-light-color": "#6d4a00",
    "--mantine-color-gray-light-color": "#495057",
    "--mantine-color-blue-light-color": "#12508f",
  },
  dark: {
    "--mantine-color-dimmed": "#b0b5ba",
    "--mantine-color-placeholder": "#a2a7ac",
    "--mantine-color-error": "#ff8787",
  },
});
