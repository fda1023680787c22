import type { Descriptor } from "../descriptor.ts";

/** One thing to seal: its bytes, its category, and what its sealed descriptor will say. */
export type IntakeItem = Descriptor & { readonly categoryCode: string; readonly content: Blob };
