/** What every viewer is given. */
export type Related = {
  readonly descriptor: { readonly title: string; readonly mediaType: string; readonly fhirType: string | null };
  /** Missing where the entry has not been opened. */
  readonly blob?: Blob;
};

export type ViewerProps = {
  readonly blob: Blob;
  readonly mediaType: string;
  readonly fhirType: string | null;
  readonly fileName: string | null;
  readonly title: string;
  readonly related: readonly Related[];
};
