/** What every viewer is given. */
export type Related = {
  readonly descriptor: { readonly title: string; readonly mediaType: string; readonly fhirType: string | null };
  /** Missing where the entry has not been opened. */
  readonly blob?: Blob;
};

/** An entry that a reference in a file means. */
export type FoundEntry = {
  /** What it is called on the screen. */
  readonly title: string;
  /** Who it is from, in words, where that is somebody else than the author of the file; null where it is the same. */
  readonly from: string | null;
  readonly href: string;
  readonly open: () => void;
};

/** Among the entries that the person may see; null where a reference means none of them, or not surely one. */
export type FindEntry = (reference: string) => FoundEntry | null;

export type ViewerProps = {
  readonly blob: Blob;
  readonly mediaType: string;
  readonly fhirType: string | null;
  readonly fileName: string | null;
  readonly title: string;
  readonly related: readonly Related[];
  readonly find: FindEntry;
};
