/** How large a page of a PDF is drawn: as wide as its place, but never of more pixels than a canvas has. */
type Size = { readonly width: number; readonly height: number };

/** Less than any browser takes for one canvas; a page of paper has a few million. */
const PIXELS_MAX = 16_777_216;
const SIDE_MAX = 16_384;

/**
 * @param natural the page's own size.
 * @param wanted how many pixels wide it is to be.
 * @throws RangeError where the page has no size.
 */
export function drawnScale(natural: Size, wanted: number): number {
  const { width, height } = natural;
  if (!(width > 0 && height > 0)) throw new RangeError("The page has no size.");
  return Math.min(wanted / width, Math.sqrt(PIXELS_MAX / (width * height)), SIDE_MAX / Math.max(width, height));
}
