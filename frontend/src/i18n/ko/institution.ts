import type { institution as english } from "../en/institution.ts";
import type { Texts } from "../text.ts";

export const institution: Texts<typeof english> = {};
