import { describe, expect, it, vi } from "vitest";
import { Renewal } from "./renewal.ts";

function scene(held: readonly string[] | null = []) {
  const around = { heldLocks: vi.fn(async () => held), reload: vi.fn(), now: vi.fn(() => 0) };
  const renewal = new Renewal(around);
  const worker = { postMessage: vi.fn(() => renewal.tookOver()) };
  return { around, renewal, worker };
}

describe("a newer version of the page", () => {
  it("is told, and takes over when another page is gone to, without waiting for other tabs", async () => {
    const { around, renewal, worker } = scene(["mendrec-other"]);
    const told = vi.fn();
    renewal.subscribe(told);
    await renewal.arrived();
    renewal.waits(worker);
    expect([renewal.isReady(), told.mock.calls.length, worker.postMessage.mock.calls]).toEqual([true, 1, []]);
    await renewal.arrived();
    expect(worker.postMessage).toHaveBeenCalledExactlyOnceWith("use");
    expect(around.reload).toHaveBeenCalledTimes(1);
  });

  it.each([[["mendrec-upload k"]], [["mendrec-upload-page k"]], [null]])(
    "waits while an upload runs, or may run: %j",
    async (held) => {
      const { around, renewal, worker } = scene(held);
      renewal.waits(worker);
      await renewal.arrived();
      expect(worker.postMessage).not.toHaveBeenCalled();
      expect(around.reload).not.toHaveBeenCalled();
      renewal.use();
      expect(around.reload).toHaveBeenCalledTimes(1);
    },
  );

  it("that another tab let take over leaves what is open, until another page is gone to", async () => {
    const { around, renewal } = scene();
    renewal.tookOver();
    expect([renewal.isReady(), around.reload.mock.calls]).toEqual([true, []]);
    await renewal.arrived();
    expect(around.reload).toHaveBeenCalledTimes(1);
  });

  it("is looked for while pages are gone to, now and then, and a broken line is no fault", async () => {
    const { around, renewal } = scene();
    const update = vi.fn(async () => {
      throw new TypeError("line");
    });
    renewal.registered({ update });
    for (const minutes of [1, 9, 11, 12, 22]) {
      around.now.mockReturnValue(minutes * 60_000);
      await renewal.arrived();
    }
    expect(update).toHaveBeenCalledTimes(2);
  });
});
