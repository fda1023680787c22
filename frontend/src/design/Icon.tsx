/** The page's own icons: 24 × 24, drawn in the colour of the words beside them. They never stand alone for a meaning. */
import "./Icon.css";

const PATHS = {
  home: "M4 11.5 12 5l8 6.5M6 10v9h4.5v-5h3v5H18v-9",
  record: "M7 4h7l4 4v12H7zM14 4v4h4M10 12h5M10 15.5h5",
  share:
    "M8.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM20.5 6a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM20.5 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM8.3 10.9l7.4-3.8M8.3 13.1l7.4 3.8",
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h4.5l1.5 2.5h4l1.5-2.5H20",
  eye: "M3 12s3.2-6 9-6 9 6 9 6-3.2 6-9 6-9-6-9-6zM14.5 12a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  eyeOff:
    "M4 4l16 16M10 6.2A9 9 0 0 1 12 6c5.8 0 9 6 9 6a15 15 0 0 1-2.7 3.3M14 14.2a2.5 2.5 0 0 1-3.6-3.5M6.3 8.2A15 15 0 0 0 3 12s3.2 6 9 6c1 0 2-.2 2.8-.5",
  shield: "M12 3.5l7 2.5v5.5c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6zM9 12l2.2 2.2L15.2 10",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
  key: "M13.5 10.5L20 4M17 7l2 2M15 9l1.5 1.5M14 14.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0z",
  person: "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM4.5 20c.8-3.8 3.8-6 7.5-6s6.7 2.2 7.5 6",
  people:
    "M12.5 8.5a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0zM2.5 19.5c.6-3.3 3.2-5.3 6.5-5.3s5.9 2 6.5 5.3M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.6c2.1.7 3.6 2.5 4 4.9",
  hospital: "M5 20V7h4V4h6v3h4v13zM3 20h18M12 8v5M9.5 10.5h5M10 20v-3.5h4V20",
  upload: "M12 15.5V5M8 8.5L12 4.5l4 4M5 15.5V19h14v-3.5",
  download: "M12 4.5V15M8 11.5l4 4 4-4M5 16v3h14v-3",
  file: "M7 4h7l4 4v12H7zM14 4v4h4",
  image: "M4 5.5h16v13H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M16 9.5a1 1 0 1 1-2 0 1 1 0 0 1 2 0z",
  chart: "M4 5v14h16M7 15l3.5-4 3 2.5L19 7",
  heart: "M12 19.5S4 14.8 4 9.3A4.2 4.2 0 0 1 12 7.5a4.2 4.2 0 0 1 8 1.8c0 5.5-8 10.2-8 10.2z",
  search: "M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM15.2 15.2L20 20",
  filter: "M4 6h16M7 12h10M10 18h4",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  warning: "M12 4.5L21 19.5H3zM12 10v4M12 16.6v.2",
  info: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM12 11v5M12 7.8V8",
  stop: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM6.2 6.2l11.6 11.6",
  clock: "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0zM12 7.5V12l3 2",
  calendar: "M5 6h14v14H5zM5 10h14M9 4v4M15 4v4",
  chevronDown: "M6 9.5l6 6 6-6",
  chevronRight: "M9.5 6l6 6-6 6",
  chevronLeft: "M14.5 6l-6 6 6 6",
  arrowLeft: "M19 12H5M11 6l-6 6 6 6",
  arrowRight: "M5 12h14M13 6l6 6-6 6",
  more: "M6 12v.1M12 12v.1M18 12v.1",
  menu: "M4 7h16M4 12h16M4 17h16",
  copy: "M9 9h10v11H9zM5 15V4h10v2",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  refresh: "M19 8a8 8 0 1 0 1 6M20 4v4.5h-4.5",
  mend: "M7 14l-3 3 3 3 3-3M14 7l3-3 3 3-3 3M8.5 15.5l7-7M5 6l4 4M15 14l4 4",
  store:
    "M4 7c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3zM4 7v10c0 1.7 3.6 3 8 3s8-1.3 8-3V7M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3",
  pen: "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
  wallet: "M4 7h14V5H6a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h14V9H6M16.5 14v.1",
  settings:
    "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM9 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM13 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  signOut: "M14 5H5v14h9M10 12h10M16.5 8.5L20 12l-3.5 3.5",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 3.5v1.5M12 19v1.5M3.5 12H5M19 12h1.5M6 6l1 1M17 17l1 1M18 6l-1 1M7 17l-1 1",
  offline: "M4 4l16 16M12 18.5v.1M8.5 15a5 5 0 0 1 6-.8M5.5 11.5a9.5 9.5 0 0 1 4-2.2M18.5 11.5a9.5 9.5 0 0 0-5.5-2.5",
} as const;

export type IconName = keyof typeof PATHS;

type Props = {
  readonly name: IconName;
  /** Edge in pixels; 20 beside text. */
  readonly size?: number;
  /** Only where no words stand beside it. */
  readonly label?: string;
};

export function Icon({ name, size = 20, label }: Props) {
  const drawn = <path d={PATHS[name]} />;
  return label === undefined ? (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      {drawn}
    </svg>
  ) : (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} role="img" aria-label={label}>
      {drawn}
    </svg>
  );
}
