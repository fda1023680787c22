import type { clinician as english } from "../en/clinician.ts";
import type { Texts } from "../text.ts";

export const clinician: Texts<typeof english> = {};
