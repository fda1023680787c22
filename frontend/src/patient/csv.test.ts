import { describe, expect, test } from "vitest";
import { csvCell, csvOf } from "./csv.ts";

describe("a cell", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u0000=1", "＝1+1", "|cmd", "%0A"])(
    "%j is no formula",
    (text) => expect(csvCell(text)).toMatch(/^"'/),
  );

  test.each(["Blood count", "2026-05-03T10:00:00.000Z", "환자", ""])("%j stays as it is", (text) =>
    expect(csvCell(text)).toBe(text),
  );

  test("quotes, commas and line ends are kept within one cell", () => {
    expect(csvCell('a "b", c\r\nd')).toBe('"a ""b"", c\r\nd"');
    expect(csvCell('=HYPERLINK("x","y")')).toBe(`"'=HYPERLINK(""x"",""y"")"`);
  });

  test("numbers are numbers, negative ones too", () => expect(csvCell(-3)).toBe("-3"));
});

test("a table has a byte order mark and RFC 4180 line ends", () => {
  expect(csvOf(["a", "b"], [["1", 2]])).toBe("\ufeffa,b\r\n1,2\r\n");
});
