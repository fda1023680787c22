/** The entry that a key leads to from another one; null where it leads nowhere. */
export function nextEntry(
  rows: readonly { readonly kind: "month" | "entry" }[],
  at: number,
  key: string,
): number | null {
  const steps: Readonly<Record<string, readonly [start: number, step: number]>> = {
    ArrowDown: [at + 1, 1],
    ArrowUp: [at - 1, -1],
    Home: [0, 1],
    End: [rows.length - 1, -1],
  };
  const [start, step] = (Object.hasOwn(steps, key) ? steps[key] : undefined) ?? [-1, 0];
  for (let index = start; index >= 0 && index < rows.length && step !== 0; index += step) {
    if (rows[index]?.kind === "entry") return index === at ? null : index;
  }
  return null;
}
