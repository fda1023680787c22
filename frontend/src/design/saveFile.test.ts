import { afterEach, expect, test, vi } from "vitest";
import { saveFile } from "./saveFile.ts";

afterEach(() => vi.unstubAllGlobals());

test("what is saved has an address that runs nothing, and keeps its bytes", async () => {
  const made: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    if (blob instanceof Blob) made.push(blob);
    return "blob:x";
  });
  const link = { click: vi.fn(), remove: vi.fn() };
  vi.stubGlobal("document", { createElement: () => link, body: { append: vi.fn() } });
  vi.useFakeTimers();
  saveFile("a.html.txt", new Blob(["<script>"], { type: "text/html" }));
  vi.useRealTimers();
  expect(made.map(({ type }) => type)).toEqual(["application/octet-stream"]);
  expect(await made[0]?.text()).toBe("<script>");
  expect(link).toMatchObject({ download: "a.html.txt", href: "blob:x" });
  expect(link.click).toHaveBeenCalledOnce();
});
