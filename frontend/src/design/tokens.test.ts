/** Counts the contrast of every pair of colours that the components use, in light and in dark. */
import { describe, expect, it } from "vitest";
import css from "./tokens.css?raw";

const colours = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name ?? "",
    { light: light ?? "", dark: dark ?? "" },
  ]),
);

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const grounds = ["paper", "surface", "sunken"];
const tints = ["accent-soft", "good-soft", "caution-soft", "bad-soft"];
const words: readonly (readonly [string, readonly string[]])[] = [
  ["ink", [...grounds, ...tints]],
  ["ink-soft", [...grounds, "accent-soft"]],
  ["accent", [...grounds, "accent-soft"]],
  ["accent-hover", [...grounds, "accent-soft"]],
  ["on-accent", ["accent", "accent-hover"]],
  ["good", ["paper", "surface", "good-soft"]],
  ["caution", ["paper", "surface", "caution-soft"]],
  ["bad", ["paper", "surface", "bad-soft"]],
  ["on-bad", ["bad", "bad-hover"]],
];
const shapes: readonly (readonly [string, readonly string[]])[] = [
  ["line-strong", ["paper", "surface"]],
  ["focus", grounds],
  ["chart-1", ["surface", "chart-band"]],
  ["chart-2", ["surface", "chart-band"]],
  ["chart-3", ["surface", "chart-band"]],
];

const pairs = [
  ...words.flatMap(([on, under]) => under.map((ground) => [on, ground, 4.5] as const)),
  ...shapes.flatMap(([on, under]) => under.map((ground) => [on, ground, 3] as const)),
];

describe.each(["light", "dark"] as const)("contrast, %s", (scheme) => {
  it.each(pairs)("%s on %s is at least %d : 1", (on, ground, least) => {
    const [above, below] = [colours.get(on), colours.get(ground)];
    if (above === undefined || below === undefined) throw new Error("no such colour");
    expect(contrast(above[scheme], below[scheme])).toBeGreaterThanOrEqual(least);
  });
});
