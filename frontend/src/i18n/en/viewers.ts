export const viewers = {
  save: "Save a copy",
  opening: "Opening the file",
  onlySave: "This kind of file can’t be shown here. Save a copy and open it with a program of yours.",
  kinds: {
    fhir: "Health data",
    dicom: "Medical image",
    pdf: "PDF document",
    text: "Text",
    image: "Picture",
    download: "File",
  },
  cannot: {
    damaged: {
      title: "This file can’t be shown.",
      text: "What is in it is not what it says it is, or a part of it is missing. It arrived exactly as it was put into the record. You can save a copy and try another program.",
    },
    tooLarge: {
      title: "This file is too large to be shown here.",
      text: "Nothing is wrong with it. Save a copy and open it with a program of yours.",
    },
    unsupported: {
      title: "This file is of a kind that can’t be shown here.",
      text: "Nothing is wrong with it. Save a copy and open it with a program made for it.",
    },
    notLoaded: {
      title: "The part of this page that shows such files could not be loaded.",
      text: "The file itself is here: you can save a copy. Check the connection and try again.",
    },
  },
  text: {
    empty: "The file is empty.",
    cut: (x: { shown: string }) => `Only the first ${x.shown} are shown. Save a copy to see all of it.`,
    someRows: (x: { shown: string; total: string }) =>
      `The first ${x.shown} of ${x.total} rows. Save a copy to see all of them.`,
    someColumns: (x: { shown: string; total: string }) =>
      `The first ${x.shown} of ${x.total} columns. Save a copy to see all of them.`,
    hiddenCharacter: "A character that can’t be seen",
    encoding: "Characters",
    encodingHint: "Choose another one if the words look wrong.",
    encodings: {
      "utf-8": "Unicode (UTF-8)",
      "euc-kr": "Korean (EUC-KR)",
      "windows-1252": "Western European (Latin 1)",
      "utf-16le": "Unicode (UTF-16, little-endian)",
      "utf-16be": "Unicode (UTF-16, big-endian)",
    },
  },
  image: {
    fit: "Fit to the page",
    ownSize: "Show in full size",
  },
  dicom: {
    imageLabel: (x: { title: string; frame: string; frames: string }) =>
      `${x.title}, image ${x.frame} of ${x.frames}. Up and down set the brightness, left and right the contrast, plus and minus the size, Shift with the arrows moves it, Page Up and Page Down change the image, I inverts, 0 resets.`,
    noImage: "This file holds no image. What it says is below.",
    notForDiagnosis: "Shown for information. A diagnosis needs a screen and a program made for it.",
    tags: "What the file says of the image",
    searchTags: "Search by name, number or value",
    tagName: "Name",
    tagValue: "Value",
    tag: "Number",
    frame: "Image",
    frameOf: (x: { frame: string; frames: string }) => `${x.frame} of ${x.frames}`,
    play: "Play",
    pause: "Pause",
    tools: "Tools for the image",
    dragWindow: "Drag: brightness",
    dragMove: "Drag: move",
    zoomIn: "Larger",
    zoomOut: "Smaller",
    invert: "Invert",
    reset: "Reset",
    preset: "Brightness for",
    ownWindow: "Set by hand",
    whole: "Everything in it",
    fromFile: "As in the file",
    centre: "Centre",
    width: "Width",
    presets: { softTissue: "Soft tissue", lung: "Lung", bone: "Bone", brain: "Brain" },
  },
  pdf: {
    page: (x: { page: string; count: string }) => `Page ${x.page} of ${x.count}`,
    more: "The document goes on. Save a copy to see all of it.",
  },
  /** A measurement over time. */
  series: {
    showTable: "Show as a table",
    showChart: "Show as a chart",
    chartLabel: (x: { title: string; count: string }) =>
      `${x.title}: chart with ${x.count} values. Use the arrow keys to go through them.`,
    latest: (x: { value: string; unit: string; date: string }) => `Latest: ${x.value} ${x.unit} on ${x.date}`,
    rangeBetween: (x: { low: string; high: string }) => `reference range ${x.low} to ${x.high}`,
    rangeFrom: (x: { low: string }) => `reference range from ${x.low}`,
    rangeTo: (x: { high: string }) => `reference range up to ${x.high}`,
    latestOnly: (x: { shown: string; total: string }) =>
      `The latest ${x.shown} of ${x.total} values. The others are in their entries.`,
    outside: "outside the reference range",
    when: "Date",
    what: "Measured",
    value: "Value",
    range: "Reference range",
  },
} as const;
