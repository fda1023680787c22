import { MendrecError } from "../core/errors.ts";
import type { Vault } from "../vault/types.ts";
import type { Wallet } from "../wallet/types.ts";
import type { Session } from "./currentSession.ts";
import type { Http } from "./http.ts";
import type { Trust } from "./trust.ts";
import type { Client } from "./types.ts";

/** Puts together what actions need. Throws `wallet.wrong_account` where the wallet is another person's than the session. */
export function openClient(parts: {
  readonly http: Http;
  readonly wallet: Wallet;
  readonly vault: Vault;
  readonly trust: Trust;
  readonly session: Session;
}): Client {
  const { http, wallet, vault, trust, session } = parts;
  if (wallet.account !== session.account) {
    throw new MendrecError("wallet.wrong_account", "The wallet shows another account than the one that is signed in.", {
      remedy: "Choose that account in the wallet, or sign in anew.",
      details: { account: session.account },
    });
  }
  return { http, wallet, vault, trust, account: session.account };
}
