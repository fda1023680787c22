import { afterEach, describe, expect, it, vi } from "vitest";
import { requireOwnScript, trustedScriptUrl } from "./trustedTypes.ts";

const PAGE = "https://node.example/record";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("which scripts may run", () => {
  it("takes the build's own and the service worker", () => {
    expect(requireOwnScript("/assets/worker-1a2b.js", PAGE)).toBe("https://node.example/assets/worker-1a2b.js");
    expect(requireOwnScript("/sw.js", PAGE)).toBe("https://node.example/sw.js");
  });

  it.each([
    "https://elsewhere.example/assets/worker.js",
    "//elsewhere.example/sw.js",
    "/v1/patients/0x00/records/0/payload",
    "/assets/../v1/node",
    "/assets/%2e%2e/v1/node",
    "data:text/javascript,1",
    "blob:https://node.example/1",
    "https://a:b@node.example/sw.js",
    "/sw.js.map",
  ])("refuses %s", (url) => {
    expect(() => requireOwnScript(url, PAGE)).toThrow(TypeError);
  });

  it("takes the sources in development only", () => {
    expect(requireOwnScript("/src/vault/worker.ts", PAGE)).toContain("/src/");
    vi.stubEnv("DEV", false);
    expect(() => requireOwnScript("/src/vault/worker.ts", PAGE)).toThrow(TypeError);
  });

  it("goes through the policy where there are policies", () => {
    const createPolicy = vi.fn((_name: string, rules: { createScriptURL(url: string): string }) => rules);
    vi.stubGlobal("trustedTypes", { createPolicy });
    vi.stubGlobal("location", new URL(PAGE));
    expect(trustedScriptUrl("/sw.js")).toBe("https://node.example/sw.js");
    expect(() => trustedScriptUrl("/v1/node")).toThrow(TypeError);
    expect(createPolicy).toHaveBeenCalledTimes(1);
    expect(createPolicy.mock.calls[0]?.[0]).toBe("mendrec");
  });
});
