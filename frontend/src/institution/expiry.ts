/** How long a credential is valid: what a verifier chooses, and the Unix second at which it ends. */

export type Expiry =
  | { readonly kind: "halfYear" | "year" | "twoYears" }
  | { readonly kind: "own"; readonly day: Date | null };

const MONTHS = { halfYear: 6, year: 12, twoYears: 24 } as const;

/** The end of the last day, in the verifier's own time zone. Null where no day to come is chosen. */
export function expiresAt(expiry: Expiry, now: Date): number | null {
  const last = expiry.kind === "own" ? expiry.day : later(now, MONTHS[expiry.kind]);
  if (last === null) return null;
  const end = new Date(last.getFullYear(), last.getMonth(), last.getDate(), 23, 59, 59).getTime() / 1_000;
  return end > now.getTime() / 1_000 ? end : null;
}

/** So many months on; the last day of the month where it has no such day. */
function later(day: Date, months: number): Date {
  const first = new Date(day.getFullYear(), day.getMonth() + months, 1);
  const lastOfMonth = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate();
  return new Date(first.getFullYear(), first.getMonth(), Math.min(day.getDate(), lastOfMonth));
}
