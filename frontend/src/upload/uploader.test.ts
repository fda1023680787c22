import { describe, expect, it, vi } from "vitest";
import { MendrecError } from "../core/errors.ts";
import type { Address, Long } from "../node/types.ts";
import type { UploadDone } from "../vault/types.ts";
import { passesByItself, Uploader } from "./uploader.ts";

const PATIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" as Address;
const DONE: UploadDone = { key: "k", actIdHex: "", records: [{ sequence: 3, leafIndex: null }] };
const ASKED = { patient: PATIENT, items: [], private: false, key: "k" };

function open(attempts: ((long: Long) => Promise<UploadDone>)[], retryAfterMs = 1) {
  const run = async (long: Long) => {
    const next = attempts.shift();
    if (next === undefined) throw new Error("asked too often");
    return await next(long);
  };
  const discard = vi.fn(async () => undefined);
  const warnOnLeaving = vi.fn();
  let held = 0;
  const holdPage = () => {
    held += 1;
    return () => {
      held -= 1;
    };
  };
  return {
    held: () => held,
    uploader: new Uploader({ upload: run, resume: run, discard, warnOnLeaving, holdPage, retryAfterMs }),
    discard,
    warnOnLeaving,
  };
}

const away = () => Promise.reject(new MendrecError("unavailable.node", "away"));
const refused = () => Promise.reject(new MendrecError("wallet.refused", "no"));
const done = () => Promise.resolve(DONE);
const untilStopped = ({ signal }: Long) =>
  new Promise<UploadDone>((_, reject) => {
    signal?.addEventListener("abort", () => reject(new MendrecError("cancelled", "stopped")));
  });

describe("an upload", () => {
  it("goes on by itself where the node was away, and warns whoever leaves meanwhile", async () => {
    const { uploader, warnOnLeaving } = open([away, away, done]);
    const phases = new Set<string>();
    uploader.subscribe(() => phases.add(uploader.state().phase));
    await uploader.start(ASKED);
    expect([...phases]).toEqual(["running", "waiting", "done"]);
    expect(uploader.state()).toMatchObject({ done: DONE, patient: PATIENT });
    expect(warnOnLeaving.mock.calls).toEqual([[true], [false]]);
  });

  it("stops where a person is needed, and goes on when they say so", async () => {
    const { uploader, discard } = open([refused, done]);
    await uploader.start(ASKED);
    expect(uploader.state()).toMatchObject({ phase: "stopped", error: { code: "wallet.refused" } });
    uploader.goOn();
    await vi.waitFor(() => expect(uploader.state().phase).toBe("done"));
    expect(discard).not.toHaveBeenCalled();
  });

  it("keeps nothing of what was given up", async () => {
    const running = open([untilStopped]);
    const ran = running.uploader.start(ASKED);
    running.uploader.giveUp();
    expect(running.uploader.state()).toMatchObject({ phase: "running", isStopping: true });
    await ran;
    expect(running.uploader.state().phase).toBe("idle");

    const stopped = open([refused]);
    await stopped.uploader.start(ASKED);
    stopped.uploader.giveUp();
    expect(stopped.discard).toHaveBeenCalledWith("k");
    expect(stopped.uploader.state().phase).toBe("idle");
  });

  it("that waits can be given up too", async () => {
    const { uploader, discard } = open([away], 60_000);
    const ran = uploader.start(ASKED);
    await vi.waitFor(() => expect(uploader.state().phase).toBe("waiting"));
    uploader.giveUp();
    await ran;
    expect(discard).toHaveBeenCalledWith("k");
    expect(uploader.state().phase).toBe("idle");
  });

  it("is one at a time", async () => {
    const { uploader } = open([untilStopped]);
    void uploader.start(ASKED);
    await uploader.start({ ...ASKED, key: "other" });
    expect(uploader.state()).toMatchObject({ phase: "running", key: "k" });
    uploader.giveUp();
  });

  it("says how far it is", async () => {
    const { uploader } = open([
      async ({ onProgress }) => {
        onProgress?.({ step: "send", done: 1, total: 2, unit: "bytes" });
        expect(uploader.state()).toMatchObject({ progress: { step: "send", done: 1 } });
        return DONE;
      },
    ]);
    await uploader.start(ASKED);
    expect(uploader.state().phase).toBe("done");
    uploader.clear();
    expect(uploader.state().phase).toBe("idle");
  });
});

describe("the page of an upload", () => {
  it("is held through waiting and stopping, until it is done", async () => {
    const { uploader, held } = open([away, refused, done]);
    const holding: [string, number][] = [];
    uploader.subscribe(() => holding.push([uploader.state().phase, held()]));
    await uploader.start(ASKED);
    uploader.goOn();
    await vi.waitFor(() => expect(uploader.state().phase).toBe("done"));
    expect(holding.filter(([phase]) => phase !== "done").every(([, count]) => count === 1)).toBe(true);
    expect(new Set(holding.map(([phase]) => phase))).toEqual(new Set(["running", "waiting", "stopped", "done"]));
    expect(held()).toBe(0);
  });

  it.each([
    ["given up", (uploader: Uploader) => uploader.giveUp()],
    ["put out of sight", (uploader: Uploader) => uploader.clear()],
    ["its person's no more", (uploader: Uploader) => uploader.leave()],
  ])("is let go of once it is %s", async (_what, end) => {
    const { uploader, held } = open([refused]);
    await uploader.start(ASKED);
    expect(held()).toBe(1);
    end(uploader);
    expect(held()).toBe(0);
  });
});

describe("passesByItself", () => {
  it("knows what a wait does not mend", () => {
    const is = (code: string) => passesByItself(new MendrecError(code, ""));
    expect(["unavailable.node", "unavailable.chain", "offline"].map(is)).toEqual([true, true, true]);
    expect(["unavailable.other_tab", "unavailable.no_room", "wallet.locked", "refused.x"].map(is)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
