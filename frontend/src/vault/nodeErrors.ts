/** What the node answers instead of an answer, as errors: in its own words, as far as they are the node's to say. */
import { cancelled, MendrecError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { limited, parseJson } from "./nodeBody.ts";

/** The code of every 401: nobody is signed in, or the session is over. */
const SIGN_IN_NEEDED = "refused.sign_in_needed";
export const NOT_SO_FAST = 429;
const WORDS_MAX_CHARS = 2_000;
/** The node's own families (app/mendrec/domain/errors.py). What else it says is not the node's to say. */
const FAMILIES: ReadonlySet<string> = new Set([
  "input",
  "verification",
  "refused",
  "not_found",
  "conflict",
  "unavailable",
  "configuration",
]);
/** What only this page finds: a node that says it would have the page act as if it had. */
const OURS: ReadonlySet<string> = new Set([
  SIGN_IN_NEEDED,
  "refused.vault_locked",
  "refused.not_asked",
  "refused.wrong_key",
  "refused.contract",
]);

/** The error that an answer stands for: its code decides the family, its status where there is no code. */
export async function toldError(response: Response, isAnonymous: boolean, signal: AbortSignal): Promise<MendrecError> {
  let told: Record<string, unknown> = {};
  try {
    const document = parseJson(await limited(response, LIMITS.answerMaxBytes, signal));
    told = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  } catch {
    // What stands in front of a node may answer in its own words: they are not shown.
  }
  if (signal.aborted) {
    throw cancelled();
  }
  const code = response.status === 401 && !isAnonymous ? SIGN_IN_NEEDED : toldCode(told.code, response.status);
  return new MendrecError(code, words(told.message) || `The node answered with status ${response.status}.`, {
    remedy: words(told.remedy),
    requestId: words(told.request_id) || response.headers.get("X-Request-Id"),
  });
}

/** The node's own code, if it is one that a node may give. */
function toldCode(told: unknown, status: number): string {
  const code = words(told);
  if (code === "") {
    return codeOfStatus(status);
  }
  const own = ofFamily(code);
  const [family = ""] = own.split(".");
  return FAMILIES.has(family) && !OURS.has(own) ? own : "unavailable.node";
}

/** Codes of stores as what they mean here: no good copy anywhere, or none that can be had now. */
export function ofFamily(code: string): string {
  if (!code.startsWith("storage.")) {
    return code;
  }
  return code === "storage.no_good_copy" ? "verification.no_good_copy" : `unavailable.${code}`;
}

function codeOfStatus(status: number): string {
  if (status === 404) {
    return "not_found";
  }
  return status === NOT_SO_FAST || status >= 500 ? "unavailable.node" : "input";
}

/** One line: it comes from another machine. */
function words(value: unknown): string {
  return typeof value === "string"
    ? value
        .slice(0, WORDS_MAX_CHARS)
        .replace(/[\p{C}\p{Z}]+/gu, " ")
        .trim()
    : "";
}
