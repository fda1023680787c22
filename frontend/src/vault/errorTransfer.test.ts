import { expose, wrap } from "comlink";
import { describe, expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { asMendrecError, installErrorTransfer } from "./errorTransfer.ts";
import { callable, OpenCalls } from "./openVault.ts";
import type { Vault } from "./types.ts";

installErrorTransfer();

/** A vault over a wire, as a worker's is. */
function over(vault: Partial<Vault>, calls = new OpenCalls()): Vault {
  const { port1, port2 } = new MessageChannel();
  expose(vault, port1);
  return callable(wrap<Vault>(port2), calls);
}

describe("errors over the wire", () => {
  it("keep code, remedy, request and details, from the vault to the page", async () => {
    const vault = over({
      lock: async () => {
        throw new MendrecError("refused.release.stale", "Too late.", {
          remedy: "Again.",
          requestId: "r-1",
          details: { clock_ahead_s: 9 },
        });
      },
    });
    const error = await vault.lock().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MendrecError);
    expect(error).toMatchObject({
      code: "refused.release.stale",
      remedy: "Again.",
      requestId: "r-1",
      details: { clock_ahead_s: 9 },
    });
  });

  it("keep their code from the wallet's callback in the page to the vault and back", async () => {
    const codes: string[] = [];
    const vault = over({
      create: async (_site, _account, sign) => {
        try {
          await sign({ domain: {}, types: {}, primaryType: "X", message: {} });
        } catch (thrown) {
          codes.push(thrown instanceof MendrecError ? thrown.code : "other");
          throw thrown;
        }
        throw new Error("not reached");
      },
    });
    const sign = () => Promise.reject(new MendrecError("wallet.refused", "No."));
    await expect(vault.create("s", "0x", sign)).rejects.toMatchObject({ code: "wallet.refused" });
    expect(codes).toEqual(["wallet.refused"]);
  });

  it("say nothing of what was in an error of another kind", async () => {
    const vault = over({
      lock: async () => {
        throw new TypeError("secret words");
      },
    });
    const error = await vault.lock().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "fault", details: { kind: "TypeError" } });
    expect(String(error)).not.toContain("secret");
  });

  it("tell that the worker is gone", async () => {
    const calls = new OpenCalls();
    const vault = over({ lock: () => new Promise(() => undefined) }, calls);
    const under = vault.lock();
    calls.end(new MendrecError("unavailable.vault", ""));
    await expect(under).rejects.toMatchObject({ code: "unavailable.vault" });
    await expect(vault.lock()).rejects.toMatchObject({ code: "unavailable.vault" });
  });
});

describe("what is thrown", () => {
  it.each([
    [new DOMException("full", "QuotaExceededError"), "unavailable.no_room"],
    [new DOMException("stop", "AbortError"), "cancelled"],
    ["text", "fault"],
  ])("%s is %s", (thrown, code) => {
    expect(asMendrecError(thrown).code).toBe(code);
  });
});
