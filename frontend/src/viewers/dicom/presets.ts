/** Windows that radiology uses for computed tomography, in Hounsfield units. */
export type PresetId = "softTissue" | "lung" | "bone" | "brain";

export const CT_PRESETS: readonly { readonly id: PresetId; readonly centre: number; readonly width: number }[] = [
  { id: "softTissue", centre: 40, width: 400 },
  { id: "lung", centre: -600, width: 1_500 },
  { id: "bone", centre: 500, width: 2_000 },
  { id: "brain", centre: 40, width: 80 },
];
