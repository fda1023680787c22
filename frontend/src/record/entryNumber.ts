/** What people call an entry, or a part of it, by: the chain counts from 0, they count from 1. */
export function entryNumber(index: number | string): number {
  return Number(index) + 1;
}
