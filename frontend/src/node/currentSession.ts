import { isCode } from "../core/errors.ts";
import { zCurrentSessionAnswered } from "../generated/api/zod.gen.ts";
import { SIGN_IN_NEEDED } from "./errors.ts";
import type { Http } from "./http.ts";
import type { Address } from "./types.ts";

export type Session = {
  readonly account: Address;
  readonly sessionId: string;
  /** Unix seconds; the session ends then however much it is used. */
  readonly expiresAt: number;
};

/** Takes up the session that this browser's cookie holds; null where there is none, or it is over. */
export async function currentSession(http: Http, { signal }: { signal?: AbortSignal } = {}): Promise<Session | null> {
  http.setPerson(null); // whoever it is
  try {
    const { session, csrf_token } = await http.get("/v1/sessions/current", zCurrentSessionAnswered, { signal });
    http.setCsrfToken(csrf_token);
    http.setPerson(session.person as Address);
    return { account: session.person as Address, sessionId: session.session_id, expiresAt: session.expires_at };
  } catch (error) {
    if (isCode(error, SIGN_IN_NEEDED)) {
      return null;
    }
    throw error;
  }
}
