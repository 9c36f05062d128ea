import type { ReactNode } from "react";

export interface IconProps {
  /** In pixels, of a square. */
  readonly size?: number;
  readonly stroke?: number;
  readonly color?: string;
}

export type Icon = (props: IconProps) => ReactNode;

/** Pictures say nothing that words beside them, or the label of their button, do not say. */
function icon(...paths: readonly string[]): Icon {
  return function DrawnIcon({ size = 20, stroke = 1.7, color = "currentColor" }) {
    return (
      <svg
        aria-hidden="true"
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke={color}
        strokeWidth={stroke}
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
    );
  };
}

export const IconAlertTriangle = icon("M12 4 2.8 20h18.4Z", "M12 10v4.5", "M12 17.4v.1");
export const IconCheck = icon("M4.5 12.5 10 18 19.5 7");
export const IconChevronDown = icon("m6 9.5 6 6 6-6");
export const IconCircleCheck = icon(
  "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  "m8.5 12.3 2.5 2.5 4.7-5",
);
export const IconClipboardList = icon("M9 5H6v16h12V5h-3", "M9 3h6v4H9Z", "M9.5 12h5", "M9.5 16h5");
export const IconCode = icon("m8 7-5 5 5 5", "m16 7 5 5-5 5", "m13.5 4-3 16");
export const IconCopy = icon("M9 9h11v11H9Z", "M15 9V4H4v11h5");
export const IconDatabase = icon(
  "M20 6c0 1.7-3.6 3-8 3S4 7.7 4 6s3.6-3 8-3 8 1.3 8 3Z",
  "M4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6",
  "M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
);
export const IconGitPullRequest = icon(
  "M8 6a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  "M8 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  "M20 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  "M6 8v8",
  "M18 16V9a3 3 0 0 0-3-3h-3",
  "m14.5 3.5-2.5 2.5 2.5 2.5",
);
export const IconHistory = icon(
  "M4 12a8.2 8.2 0 1 0 2.6-6L4 8.5",
  "M4 4v4.5h4.5",
  "M12 8v4.5l3 1.8",
);
export const IconHome = icon("m4 11 8-7 8 7", "M6 9.5V20h12V9.5", "M10 20v-6h4v6");
export const IconInbox = icon("M4 13 6.5 5h11L20 13v6H4Z", "M4 13h4.5l1.3 2.5h4.4l1.3-2.5H20");
export const IconKey = icon(
  "M13 15.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Z",
  "M11.8 12.3 20 4",
  "m16 8 3 3",
);
export const IconLogout = icon("M13 4H5v16h8", "M10 12h11", "m17.5 8.5 3.5 3.5-3.5 3.5");
export const IconMoon = icon("M19.5 14.5A8 8 0 1 1 10 4a6.5 6.5 0 0 0 9.5 10.5Z");
export const IconPencil = icon("m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19Z", "m13.5 7 3.5 3.5");
export const IconPlus = icon("M12 5v14", "M5 12h14");
export const IconPoint = icon("M13 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z");
export const IconScale = icon(
  "M12 4v16",
  "M7 20h10",
  "M5 7h14",
  "m5 7-2.5 6.5h5Z",
  "m19 7-2.5 6.5h5Z",
);
export const IconSearch = icon("M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z", "m15.5 15.5 5 5");
export const IconSun = icon(
  "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  "M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1",
);
export const IconHorizon = icon(
  "M3 18h18",
  "M7 14a5 5 0 0 1 10 0",
  "M3 14h1M20 14h1M12 5v1M5.6 7.6l.7.7M18.4 7.6l-.7.7",
);
export const IconTable = icon("M4 5h16v14H4Z", "M4 10h16", "M10 10v9");
export const IconTrash = icon(
  "M5 7h14",
  "M9.5 7V4h5v3",
  "M6.5 7 7.5 20h9l1-13",
  "M10.5 11v5M13.5 11v5",
);
export const IconUpload = icon("M12 16V4.5", "m7.5 9 4.5-4.5L16.5 9", "M4.5 15v4.5h15V15");
export const IconUserCircle = icon(
  "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  "M15 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  "M6.3 18.8a6 6 0 0 1 11.4 0",
);
export const IconUsers = icon(
  "M12 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Z",
  "M2.5 20a6 6 0 0 1 12 0",
  "M15.5 4.9a3.5 3.5 0 0 1 0 6.2",
  "M18 14.6a6 6 0 0 1 3.5 5.4",
);
export const IconCross = icon("m6 6 12 12", "M18 6 6 18");
export const IconZoom = icon(
  "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z",
  "m15.5 15.5 5 5",
  "M8 9.5h5",
  "M8 12h3",
);
