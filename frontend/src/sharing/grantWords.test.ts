import { expect, it } from "vitest";
import { en } from "../i18n/en.ts";
import { formatOf } from "../i18n/format.ts";
import { ko } from "../i18n/ko.ts";
import { asksSentence } from "./grantWords.ts";

const TERMS = {
  categories: ["imaging"],
  rights: ["READ", "SHARE"],
  fromAt: 1_800_000_000,
  untilAt: 1_900_000_000,
  purpose: "TREAT",
} as const;

it("says who asks for what, and for what purpose, as the patient reads it", () => {
  const asks = asksSentence(en, formatOf("en-GB", "UTC"), "GP, North Hospital", TERMS);
  expect(asks).toMatch(/^GP, North Hospital asks to .+ and .+ your imaging until 17 March 2030\. For: Treatment$/);
  expect(asksSentence(ko, formatOf("ko", "UTC"), "GP", TERMS)).toMatch(/^GP 님이 /);
});
