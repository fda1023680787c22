import { expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { OpenCalls } from "./openVault.ts";

/** What collects the garbage now. The modules are Node's own, which the page's types do not know. */
async function collector(): Promise<() => void> {
  const builtIn = (name: string): Promise<unknown> => import(/* @vite-ignore */ `node:${name}`);
  const v8 = (await builtIn("v8")) as { setFlagsFromString(flags: string): void };
  const vm = (await builtIn("vm")) as { runInNewContext(code: string): unknown };
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}

it("holds no answer once it was given", async () => {
  const collect = await collector();
  const calls = new OpenCalls();
  const answers: WeakRef<object>[] = [];
  for (let i = 0; i < 10; i++) {
    answers.push(new WeakRef(await calls.run(async () => ({ plaintext: i }))));
  }
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  expect(answers.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(1); // the last, on the stack
});

it("ends what is open and what comes later, and lets what was answered be", async () => {
  const calls = new OpenCalls();
  const before = calls.run(async () => 1);
  expect(await before).toBe(1);
  const open = calls.run(() => new Promise(() => undefined));
  calls.end(new MendrecError("unavailable.vault", "gone"));
  await expect(open).rejects.toMatchObject({ code: "unavailable.vault" });
  await expect(calls.run(async () => 2)).rejects.toMatchObject({ code: "unavailable.vault" });
});

it("passes on what a call throws", async () => {
  const calls = new OpenCalls();
  await expect(calls.run(() => Promise.reject(new MendrecError("cancelled", "")))).rejects.toMatchObject({
    code: "cancelled",
  });
});
