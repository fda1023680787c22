/** The name of the product, and the way home. */
import { Link } from "react-aria-components";
import { useText } from "../i18n/text.ts";

/** A record that is whole again: two halves of a page, joined by a stitch. Also public/icon.svg. */
export const LOGO_PATHS = ["M6 4h9l5 5v6", "M20 19.5V20H6v-7", "M3 11.5l4.5 3 4-4.5 4 4.5L21 12"] as const;

export function Logo() {
  const t = useText();
  return (
    <Link href="/" className="logo">
      <svg
        viewBox="0 0 24 24"
        width={28}
        height={28}
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {LOGO_PATHS.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      {t.common.productName}
    </Link>
  );
}
