import { expect, it } from "vitest";
import { choiceOf } from "./discover.ts";
import { mockProvider } from "./testing/mockProvider.ts";

const PNG = "data:image/png;base64,AAAA";
const provider = mockProvider(`0x${"11".repeat(32)}`);
const announced = (change: Partial<{ name: string; icon: string }>) => ({
  info: { rdns: "test.wallet", uuid: "u", name: "Test", icon: PNG, ...change },
  provider,
});

it.each([
  [PNG, PNG],
  ["data:image/svg+xml,<svg/>", "data:image/svg+xml,<svg/>"],
  ["https://example.org/track.png", null],
  ["data:text/html,<script>", null],
  ["javascript:alert(1)", null],
])("shows the picture %s as %s", (icon, shown) => {
  expect(choiceOf(announced({ icon })).icon).toBe(shown);
});

it("cuts a name that would write over the page", () => {
  expect(choiceOf(announced({ name: `\u202e${"x".repeat(500)}` })).name).toBe("x".repeat(60));
  expect(choiceOf(announced({ name: " \u0007 " })).name).toBe("test.wallet");
});

it("connects to the wallet that was announced", async () => {
  const wallet = await choiceOf(announced({})).connect();
  expect([wallet.id, wallet.name, wallet.account]).toEqual(["test.wallet", "Test", provider.account]);
});
