import { expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { stillOpen } from "../core/mayHappen.ts";
import { en } from "../i18n/en.ts";
import { keptWords, outcomeIsOpen } from "./outcome.ts";

const said = (error: unknown, { isSent = true } = {}) =>
  keptWords({ error, mayHappen: outcomeIsOpen(error, isSent) }, en);

it.each([
  ["before it was signed", new MendrecError("wallet.refused", "No."), false],
  ["in the contract's words", stillOpen(new MendrecError("refused.Consent.Expired", "Over.")), true],
  ["by the node that would not take it", new MendrecError("refused.sign_in_needed", "Over."), true],
])("nothing was changed by what was refused %s", (_, error, isSent) => {
  expect(said(error, { isSent })).toBe(en.sharing.nothingChanged);
});

it.each([
  "refused.sign_in_needed",
  "refused.session.other_person",
  "refused.too_many_requests",
  "cancelled",
  "offline",
])("nobody says that nothing was changed where %s came after it was handed over", (code) => {
  expect(said(stillOpen(new MendrecError(code, "")))).not.toBe(en.sharing.nothingChanged);
});

it("what is on its way is said to be; a fault of the page's own once it was sent is taken for open", () => {
  expect(said(stillOpen(new MendrecError("unavailable.act_pending", "")))).toBe(en.sharing.pendingKept);
  expect(said(new TypeError("oh"))).toBe(en.errors.mayHappen);
  expect(said(new TypeError("oh"), { isSent: false })).toBe(en.sharing.nothingChanged);
});
