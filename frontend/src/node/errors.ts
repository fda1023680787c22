/** What a node answers instead of an answer, as {@link MendrecError}s; mirrors `mendrec.client.errors`. */
import * as z from "zod/mini";
import { MendrecError } from "../core/errors.ts";

/** The code of every 401: nobody is signed in, or the session is over. */
export const SIGN_IN_NEEDED = "refused.sign_in_needed";

/** The session is another one than when the CSRF token was taken; nothing was done. */
export const TOKEN_REFUSED = "refused.csrf";
/** Another person has signed in in this browser; nothing was answered or done. */
export const OTHER_PERSON = "refused.session.other_person";

const WORDS_MAX_CHARS = 2_000;
const FIRST_SERVER_FAULT = 500;
const CONTRACT_REFUSAL = /^refused\.(?<contract>[A-Z]\w{0,63})\.(?<name>\w{1,64})$/;

const Told = z.object({
  code: z.optional(z.string()),
  message: z.optional(z.string()),
  remedy: z.optional(z.string()),
  request_id: z.optional(z.string()),
});

/** The node can't be reached, or what answers is no node. */
export function nodeUnavailable(message = "The node can't be reached, or broke off.", cause?: unknown): MendrecError {
  return new MendrecError("unavailable.node", message, {
    remedy: "Wait a moment, then repeat; nothing is done twice.",
    cause,
  });
}

/**
 * The error that an answer stands for. Its code decides; its status where there is no code.
 *
 * `details`: `retry_after_s` where the node told it; `contract` and `name` of a contract's refusal; `status`.
 */
export function errorOf(status: number, body: unknown, retryAfterS: number | null = null): MendrecError {
  const told = z.safeParse(Told, body);
  const { code, message, remedy, request_id } = told.success ? told.data : {};
  const own = code === undefined || code === "unauthenticated" ? byStatus(status) : words(code);
  const refusal = CONTRACT_REFUSAL.exec(own)?.groups;
  return new MendrecError(own, words(message) || `The node answered with status ${status}.`, {
    remedy: status === 401 ? "Sign in again." : words(remedy),
    requestId: words(request_id) || null,
    details: {
      status,
      ...(retryAfterS === null ? {} : { retry_after_s: retryAfterS }),
      ...(refusal?.contract && refusal.name ? { contract: refusal.contract, name: refusal.name } : {}),
    },
  });
}

function byStatus(status: number): string {
  if (status === 401) {
    return SIGN_IN_NEEDED;
  }
  if (status === 429 || status >= FIRST_SERVER_FAULT) {
    return "unavailable";
  }
  return status === 404 ? "not_found" : "input.invalid";
}

/** One line that can be shown: it comes from another machine. */
function words(text: string | undefined): string {
  return (text ?? "").slice(0, WORDS_MAX_CHARS).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
}
