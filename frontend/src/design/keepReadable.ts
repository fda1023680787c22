/**
 * What is around an open list stays readable. The library hides it from screen readers although a list is no dialog: the
 * keyboard still reaches what is hidden, which then has no name. What is marked as being on top is left alone by it.
 */
const ON_TOP = "data-react-aria-top-layer";

/** Marks the layer of the page that `field` is in, the page itself or a dialog; call what comes back to unmark it. */
export function keepReadable(field: Element): () => void {
  const { body } = field.ownerDocument;
  let layer = field;
  while (layer.parentElement !== null && layer.parentElement !== body) layer = layer.parentElement;
  if (layer.hasAttribute(ON_TOP)) return () => undefined;
  layer.setAttribute(ON_TOP, "true");
  return () => layer.removeAttribute(ON_TOP);
}
