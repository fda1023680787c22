import { onlineManager, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { againWhenBack } from "../record/againWhenBack.ts";
import { openQueryClient } from "./queryClient.ts";

afterEach(() => onlineManager.setOnline(true));

/** What is asked again once a connection that was away is back. */
async function askedAgain(options: object, error: MendrecError): Promise<boolean> {
  const queries = openQueryClient(() => undefined);
  queries.mount();
  const ask = vi.fn(async (): Promise<number> => {
    if (ask.mock.calls.length === 2) throw error;
    return 1;
  });
  const observer = new QueryObserver(queries, { queryKey: ["x"], queryFn: ask, retry: false, ...options });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe(1));
  await observer.refetch();
  expect(observer.getCurrentResult().isError).toBe(true);
  onlineManager.setOnline(false);
  onlineManager.setOnline(true);
  await vi.waitFor(() => expect(observer.getCurrentResult().isFetching).toBe(false));
  stop();
  queries.unmount();
  return ask.mock.calls.length === 3;
}

const offline = new MendrecError("offline", "no");
const record = { staleTime: Number.POSITIVE_INFINITY, refetchOnReconnect: againWhenBack };

it("asks again by itself what failed while there was no connection, however fresh what is shown is", async () => {
  expect(await askedAgain({}, offline)).toBe(true);
});

it("does so for one's own record, where it failed for want of a connection", async () => {
  expect(await askedAgain(record, offline)).toBe(true);
  expect(await askedAgain(record, new MendrecError("unavailable.node", "no"))).toBe(true);
  expect(await askedAgain(record, new MendrecError("verification.node", "no"))).toBe(false);
});
