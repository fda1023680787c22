/** Somebody who was chosen; `name` is null where only the address is known. */
import type { Address } from "../node/types.ts";

export type Chosen = { readonly address: Address; readonly name: string | null };
