import { expect, test } from "vitest";
import { choiceOf, textAfter } from "./comboChoice.ts";

const OPTIONS = [{ id: "a", label: "Dr Kim" }] as const;
const NOBODY = choiceOf<"a">(OPTIONS, null);
const KIM = choiceOf<"a">(OPTIONS, "a");

test("what is chosen from outside is said", () => expect(textAfter("k", NOBODY, KIM)).toBe("Dr Kim"));

test("what is chosen and not among the options leaves what was typed", () => {
  expect(textAfter("0x70", NOBODY, choiceOf<"a">([], "a"))).toBe("0x70");
});

test("the words of what was chosen go with it, and others stay", () => {
  expect(textAfter("Dr Kim", KIM, NOBODY)).toBe("");
  expect(textAfter("Dr K", KIM, NOBODY)).toBe("Dr K");
});
