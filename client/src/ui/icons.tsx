/** Line icons of the app, drawn here so that no icon package is loaded. Decorative: the words beside them are what is read aloud. */
const PATHS = {
  today: 'M4 11 12 4l8 7M6 10v10h12V10M10 20v-6h4v6',
  counter: 'M3 5h2l2 11h11l2-8H6M9 20h.01M17 20h.01',
  close: 'M4 7h16v12H4zM4 11h16M8 15h3M7 4h10',
  stock: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
  counts: 'M6 4h12v16H6zM9 9h6M9 13h6M9 17h3',
  sync: 'M5 9a8 8 0 0 1 14-2l1 1M20 4v4h-4M19 15a8 8 0 0 1-14 2l-1-1M4 20v-4h4',
  audit: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  saved: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  sent: 'M12 20V5M6 11l6-6 6 6',
  confirmed: 'M4 12l5 5L20 6',
  warning: 'M12 4l9 16H3zM12 10v5M12 18h.01',
  offline: 'M4 4l16 16M8 9a9 9 0 0 0-3 2M16 11a9 9 0 0 0-4-2M9 15a4 4 0 0 1 5 0M12 19h.01',
  search: 'M10 4a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5',
  moon: 'M19 14A8 8 0 0 1 10 5a8 8 0 1 0 9 9z',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M19 5l-1 1M6 18l-1 1',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** One icon, `size` in CSS pixels, in the colour of the text around it. */
export function Icon({ name, size = 22 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flexShrink: 0 }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
