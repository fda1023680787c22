import { expect, test } from "vitest";
import { en } from "../i18n/en.ts";
import { ko } from "../i18n/ko.ts";
import { actWords } from "./actWords.ts";

test.each([
  [en, "LIST", "released", "Saw what there is"],
  [en, "OPEN", "released", "Opened"],
  [en, "LIST", "refused.access.expired", "Asked to see the list"],
  [en, "OPEN", "refused.access.expired", "Tried to open"],
  [ko, "LIST", "refused.private", "목록 요청"],
  [ko, "OPEN", "refused.private", "열람 시도"],
] as const)("what was refused is not told as done", (t, act, outcome, words) => {
  expect(actWords(t, { act, outcome })).toBe(words);
});
