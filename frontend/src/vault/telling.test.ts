import { expect, it } from "vitest";
import { heard } from "./telling.ts";

it("answers after all that was told was heard, however slow the wire is", async () => {
  const [held, ears]: [(() => void)[], string[]] = [[], []];
  const slow = (told: string) =>
    new Promise<void>((resolve) => {
      held.push(() => {
        ears.push(told);
        resolve();
      });
    });
  const answered: string[] = [];
  const answer = heard(slow, async (tell: (told: string) => void) => {
    tell("one");
    tell("two");
    return "done";
  }).then((one) => answered.push(one));
  for (const deliver of held) {
    await new Promise((resolve) => setTimeout(resolve));
    expect(answered).toEqual([]);
    deliver();
  }
  await answer;
  expect(ears).toEqual(["one", "two"]);
});

it("is stopped by nobody who has stopped listening, and passes on what the work throws", async () => {
  const deaf = () => Promise.reject(new Error("not listening"));
  const gone = () => {
    throw new Error("the wire is cut");
  };
  const work = async (tell: (told: string) => void) => {
    tell("one");
    return "done";
  };
  expect(await heard(deaf, work)).toBe("done");
  expect(await heard(gone, work)).toBe("done");
  const slowly = async (tell: (told: string) => void) => {
    tell("one");
    await new Promise((resolve) => setTimeout(resolve)); // a rejection that nobody waits for fails the run here
    return "done";
  };
  expect(await heard(deaf, slowly)).toBe("done");
  await expect(heard(deaf, (tell) => work(tell).then(() => Promise.reject(new Error("broke"))))).rejects.toThrow(
    "broke",
  );
});
