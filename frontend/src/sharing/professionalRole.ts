/** "Clinician, North Hospital"; undefined where the directory says nothing of them. */
import type { Professional } from "../node/listProfessionals.ts";

/** `roles`: words of the roles' codes. */
export function professionalRole(
  one: Professional | undefined,
  roles: Readonly<Record<string, string>>,
): string | undefined {
  if (one === undefined) return undefined;
  const role = one.roles.map((word) => roles[word]).find((word) => word !== undefined);
  const parts = [role, one.institution?.display_name].filter((part) => part !== undefined && part !== null);
  return parts.length === 0 ? undefined : parts.join(", ");
}
