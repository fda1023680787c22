import { describe, expect, it } from "vitest";
import { keeperOf } from "./shell.ts";

const origin = "https://node.example";
const keeper = keeperOf(origin, ["/", "/assets/main-1.js", "/icon.svg"]);
const get = (path: string, mode = "cors") => keeper({ method: "GET", url: new URL(path, origin).href, mode });

describe("what the service worker answers", () => {
  it("answers the page's own files and every page", () => {
    expect(get("/assets/main-1.js")).toBe("/assets/main-1.js");
    expect(get("/", "navigate")).toBe("/");
    expect(get("/patients/0x12?purpose=TREAT", "navigate")).toBe("/");
  });

  it.each(["/v1/me", "/v1/patients/0x1/records", "/demo/wallets", "/openapi/", "/health", "/metrics"])(
    "leaves %s to the node, as a navigation too",
    (path) => {
      expect(get(path)).toBeNull();
      expect(get(path, "navigate")).toBeNull();
    },
  );

  it("leaves what it does not keep, what changes something, and other places", () => {
    expect(get("/assets/other.js")).toBeNull();
    expect(get("/icon.svg?x=1")).toBeNull();
    expect(get("/sw.js", "navigate")).toBeNull();
    expect(keeper({ method: "POST", url: `${origin}/`, mode: "navigate" })).toBeNull();
    expect(get("https://elsewhere.example/", "navigate")).toBeNull();
  });

  it("does not take a page for a door of the node by its first letters", () => {
    expect(get("/healthy", "navigate")).toBe("/");
  });
});
