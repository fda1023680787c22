import { expect, it, vi } from "vitest";
import { watchParts } from "./watchParts.ts";

it.each([
  [true, true],
  [false, false],
])(
  "a part that does not load is gone where the site answers (%s), and else only can't be had",
  async (answers, gone) => {
    const place = new EventTarget();
    const asked = vi.fn(async () => answers);
    const parts = watchParts(place, asked);
    const told = vi.fn();
    parts.subscribe(told);
    expect(parts.isGone()).toBe(false);
    const event = new Event("vite:preloadError", { cancelable: true });
    place.dispatchEvent(event);
    place.dispatchEvent(new Event("vite:preloadError"));
    expect(event.defaultPrevented).toBe(false); // whoever needs the part hears of it too
    await Promise.all(asked.mock.results.map((one) => one.value));
    expect([parts.isGone(), told.mock.calls.length]).toEqual([gone, gone ? 1 : 0]);
  },
);
