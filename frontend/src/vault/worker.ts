/** The vault's worker: it holds and calls; everything else is in `vault.ts` and `src/core`. */
import { expose } from "comlink";
import { installErrorTransfer } from "./errorTransfer.ts";
import { makeVault } from "./vault.ts";

installErrorTransfer();
expose(makeVault({ channel: new BroadcastChannel("mendrec-vault") }));
