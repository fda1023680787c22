import { expect, test } from "vitest";
import { whileAlive } from "./whileAlive.ts";

const STOPPED = new Error("It stopped.");
const never = () => new Promise<never>(() => undefined);

test("an answer is let go as soon as it was given, also a refusal", async () => {
  const alive = whileAlive();
  expect(await alive.answer(Promise.resolve(1))).toBe(1);
  await expect(alive.answer(Promise.reject(new Error("no")))).rejects.toThrow("no");
  await Promise.resolve();
  expect(alive.waiting()).toBe(0);
});

test("whoever waits when it stops hears so, and so does whoever asks afterwards", async () => {
  const alive = whileAlive();
  const asked = alive.answer(never());
  expect(alive.waiting()).toBe(1);
  alive.stop(STOPPED);
  alive.stop(new Error("again"));
  await expect(asked).rejects.toBe(STOPPED);
  await expect(alive.answer(Promise.reject(new Error("unheard")))).rejects.toBe(STOPPED);
  expect(alive.waiting()).toBe(0);
});
