import { expect, it } from "vitest";
import type { Address } from "../../core/ids.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import { Ahead } from "./ahead.ts";
import type { LocatedRecord } from "./located.ts";

const SOMEBODY = `0x${"11".repeat(20)}` as Address;

it("has three requests on the way at most, whatever was begun, and none any more where it was stopped", async () => {
  let [running, most, asked] = [0, 0, 0];
  const json = async () => {
    running += 1;
    asked += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    return { items: [], next_cursor: null };
  };
  const ahead = new Ahead({ json } as unknown as NodeHttp, SOMEBODY, new AbortController().signal);
  const record = { ref: { sequence: 0, leafIndex: null } } as unknown as LocatedRecord;
  const runs = Array.from({ length: 6 }, () => ({ records: [record], span: 1 }));
  await Promise.all([ahead.begin(runs), ahead.begin(runs)]);
  expect([asked, most]).toEqual([12, 3]);
  const stopped = ahead.begin(runs);
  ahead.stop();
  await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
  expect(asked).toBeLessThanOrEqual(15);
});
