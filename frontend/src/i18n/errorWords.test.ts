import { describe, expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { en } from "./en.ts";
import { wordsOf } from "./errorWords.ts";
import { ko } from "./ko.ts";

const failed = (code: string, remedy = "") =>
  new MendrecError(code, "The node's own words.", { remedy, requestId: "r-1" });

describe("the words of an error", () => {
  it("are those of its code in both languages", () => {
    expect(wordsOf(failed("wallet.locked"), en).title).toBe("Your wallet is locked.");
    expect(wordsOf(failed("wallet.locked"), ko).title).toBe("지갑이 잠겨 있습니다.");
  });

  it("are its family's where the code is unknown; its own ones in the language that errors are written in", () => {
    const error = failed("refused.release.never_heard_of", "Do this.");
    expect(wordsOf(error, ko)).toEqual({ ...ko.errors.byCode["refused.release"], requestId: "r-1" });
    expect(wordsOf(error, en)).toEqual({ title: "The node's own words.", remedy: "Do this.", requestId: "r-1" });
  });

  it("say what to do on a page, never at a command line", () => {
    const error = failed("refused.Directory.NotEnrolled", "Have it enrol first: `mendrec enrol`.");
    expect(wordsOf(error, en).title).toBe("This person has no account here yet.");
    expect(wordsOf(error, ko).title).toBe("이 사람은 아직 여기에 계정이 없습니다.");
    expect(wordsOf(failed("refused.Consent.RequestNotPending", "`mendrec requests PATIENT` lists them."), en)).toEqual({
      title: "The node's own words.",
      remedy: en.errors.byCode.refused.remedy,
      requestId: "r-1",
    });
  });

  it("never come from what an object has by birth", () => {
    expect(wordsOf(failed("constructor"), ko).title).toBe(ko.errors.unexpected.title);
  });

  it("show nothing of an error that is not ours", () => {
    expect(wordsOf(new TypeError("secret"), en)).toEqual({ ...en.errors.unexpected, requestId: null });
  });

  it("exist in Korean for every code of the English ones", () => {
    expect(Object.keys(ko.errors.byCode)).toEqual(Object.keys(en.errors.byCode));
  });
});
