import { createSiweMessage } from "viem/siwe";
import { cancelled, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { zNonceAnswered, zOpenSessionAnswered } from "../generated/api/zod.gen.ts";
import { requireChain } from "../wallet/requireChain.ts";
import type { Wallet } from "../wallet/types.ts";
import type { Session } from "./currentSession.ts";
import type { Http } from "./http.ts";
import { signOut } from "./signOut.ts";
import type { Trust } from "./trust.ts";
import type { Address } from "./types.ts";
import { orCancelled } from "./waiting.ts";

const STATEMENT = "Sign in to Mendrec. This costs nothing and shares nothing.";

export type SigningIn = {
  readonly http: Http;
  readonly wallet: Wallet;
  readonly trust: Trust;
  readonly signal?: AbortSignal;
  /** Where the page is; tests give their own. */
  readonly site?: { readonly host: string; readonly origin: string };
};

/**
 * Signs in with one signature (EIP-4361); every request of `http` from now on is this person's.
 *
 * Throws `verification.node` where the node asks for a signature that would serve at another site or chain, or opens a
 * session for somebody else; `wallet.*`; `refused.sign_in.*`; `cancelled`, and then leaves no session open; once `signal`
 * has stopped it, another error says that a session may be open.
 */
export async function signIn({ http, wallet, trust, signal, site = globalThis.location }: SigningIn): Promise<Session> {
  await orCancelled(requireChain(wallet, trust.chainId), signal);
  const asked = await http.post("/v1/sign-in/nonce", zNonceAnswered, undefined, { signal });
  if (asked.domain !== site.host || asked.uri !== site.origin) {
    throw new MendrecError(
      "verification.node",
      "The node asks for a signature that would sign in at another address.",
      {
        remedy: "Use the address that the node goes by, if you know it.",
        details: { uri: asked.uri.slice(0, 100) },
      },
    );
  }
  if (asked.chain_id !== trust.chainId) {
    throw lyingNode("The node asks to sign in for another chain than its own.");
  }
  const message = messageOf({ ...asked, address: wallet.account });
  const signature = await orCancelled(wallet.signMessage(message), signal);
  // Not broken off: whether a session is open then, nobody would know.
  const opened = await http.post("/v1/sessions", zOpenSessionAnswered, { message, signature, cookie: true });
  if (opened.session.person !== wallet.account || !opened.session.in_cookie || opened.csrf_token === null) {
    throw lyingNode("The node opened a session for somebody else.");
  }
  http.setCsrfToken(opened.csrf_token);
  http.setPerson(wallet.account);
  if (signal?.aborted) {
    await signOut(http); // the person left meanwhile
    throw cancelled();
  }
  return { account: wallet.account, sessionId: opened.session.session_id, expiresAt: opened.session.expires_at };
}

function messageOf(asked: { domain: string; uri: string; chain_id: number; nonce: string; address: Address }): string {
  try {
    return createSiweMessage({
      domain: asked.domain,
      address: asked.address,
      statement: STATEMENT,
      uri: asked.uri,
      version: "1",
      chainId: asked.chain_id,
      nonce: asked.nonce,
    });
  } catch (error) {
    throw lyingNode("The node asks for a sign-in that can't be written down.", error);
  }
}
