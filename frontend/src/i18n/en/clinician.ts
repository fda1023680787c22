export const clinician = {} as const;
