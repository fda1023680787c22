import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { en } from "../../i18n/en.ts";
import { LanguageContext } from "../../i18n/text.ts";
import { Lines } from "./Lines.tsx";
import type { Line } from "./values.ts";

const entry = (href: string, from: string | null = null) => ({ title: "", from, href, open: () => undefined });
const drawn = (...lines: readonly Line[]) =>
  renderToStaticMarkup(
    <LanguageContext value={{ language: "en", locale: "en-GB", texts: en, change: () => undefined }}>
      <Lines lines={lines} />
    </LanguageContext>,
  );

test("a report's results are a list of links, and what is not shown is words in it", () => {
  const markup = drawn(
    { text: "Potassium", entry: entry("/record/5.1") },
    "Measurement (not among what is shown here)",
  );
  expect(markup.match(/<li/g)).toHaveLength(2);
  expect(markup).toMatch(/<ul[^>]*><li[^>]*><a [^>]*href="\/record\/5.1"[^>]*>Potassium<\/a><\/li>/);
  expect(markup).toContain('<li class="fhir-line">Measurement (not among what is shown here)</li>');
});

test("one value is no list, and whose entry it leads to is said", () => {
  const markup = drawn({ text: "Order", entry: entry("/record/7", "from South ward") });
  expect(markup).not.toContain("<ul");
  expect(markup).toContain("from South ward");
});

test("what turns text around is named in a link as everywhere", () => {
  const markup = drawn({ text: "K\u202e+", entry: entry("/record/5.1", "from \u202eme") });
  expect(markup).not.toContain("\u202e");
  expect(markup).toContain("U+202E");
});
