import { expect, test } from "vitest";
import { keepReadable } from "./keepReadable.ts";

/** As much of an element as is looked at. */
function element(parentElement: unknown, ownerDocument: unknown = null) {
  const attributes = new Map<string, string>();
  return {
    attributes,
    parentElement,
    ownerDocument,
    hasAttribute: (name: string) => attributes.has(name),
    setAttribute: (name: string, value: string) => void attributes.set(name, value),
    removeAttribute: (name: string) => void attributes.delete(name),
  };
}

test("marks the layer that the field is in while its list is open, and nothing else", () => {
  const page = { body: element(null) };
  const layer = element(page.body);
  const inside = element(layer);
  const field = element(inside, page);
  const stop = keepReadable(field as unknown as Element);
  expect([page.body, layer, inside].map(({ attributes }) => attributes.size)).toEqual([0, 1, 0]);
  keepReadable(field as unknown as Element)();
  expect(layer.attributes.size).toBe(1);
  stop();
  expect(layer.attributes.size).toBe(0);
});
