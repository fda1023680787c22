import { expect, it } from "vitest";
import { Jobs } from "./jobs.ts";

it("are stopped before they begin, and those that had ended are not remembered for ever", async () => {
  const jobs = new Jobs();
  jobs.cancel("early");
  await expect(jobs.run("early", async () => 1)).rejects.toMatchObject({ code: "cancelled" });
  jobs.cancel("first");
  for (let at = 0; at < 100; at++) {
    jobs.cancel(`over ${at}`);
  }
  expect(await jobs.run("first", async () => 1)).toBe(1);
  await expect(jobs.run("over 99", async () => 1)).rejects.toMatchObject({ code: "cancelled" });
});
