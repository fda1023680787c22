/** Files from the person's own disk: dropped, or chosen. */
import { type DirectoryDropItem, DropZone, type FileDropItem, FileTrigger, Text } from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { Button } from "./Button.tsx";
import { Icon } from "./Icon.tsx";
import "./FileDrop.css";

type Props = {
  readonly label: string;
  readonly hint?: string;
  /** Media types that the chooser shows first. */
  readonly accept?: readonly string[];
  readonly multiple?: boolean;
  /** Words on a button that chooses a whole folder; given, dropped folders are taken too, with what is in them. */
  readonly folderLabel?: string;
  /** Nothing at all for a folder without files. */
  readonly onFiles: (files: File[]) => void;
  readonly isDisabled?: boolean;
};

export function FileDrop({ label, hint, accept, multiple = true, folderLabel, onFiles, isDisabled = false }: Props) {
  const t = useText();
  const takesFolders = folderLabel !== undefined;
  const dropped = async (items: readonly (FileDropItem | DirectoryDropItem)[]) => {
    const files = (await Promise.all(items.map(filesIn))).flat();
    if (files.length > 0 || takesFolders) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    <DropZone
      className="file-drop"
      isDisabled={isDisabled}
      onDrop={(event) => {
        const wanted = event.items.filter(
          (item) => item.kind === "file" || (takesFolders && item.kind === "directory"),
        );
        void dropped(wanted as (FileDropItem | DirectoryDropItem)[]);
      }}
    >
      <Icon name="upload" size={32} />
      <Text slot="label" className="file-drop-label">
        {label}
      </Text>
      <div className="row">
        <FileTrigger
          allowsMultiple={multiple}
          {...(accept === undefined ? {} : { acceptedFileTypes: accept })}
          onSelect={(list) => {
            const files = [...(list ?? [])];
            if (files.length > 0) onFiles(files);
          }}
        >
          <Button isDisabled={isDisabled}>{multiple ? t.common.chooseFiles : t.common.chooseFile}</Button>
        </FileTrigger>
        {takesFolders && (
          <FileTrigger acceptDirectory onSelect={(list) => onFiles([...(list ?? [])])}>
            <Button isDisabled={isDisabled}>{folderLabel}</Button>
          </FileTrigger>
        )}
        <span className="soft file-drop-or">{multiple ? t.common.orDrop : t.common.orDropOne}</span>
      </div>
      {hint !== undefined && <p className="soft small">{hint}</p>}
    </DropZone>
  );
}

async function filesIn(item: FileDropItem | DirectoryDropItem): Promise<File[]> {
  if (item.kind === "file") return [await item.getFile()];
  const files: File[] = [];
  for await (const inner of item.getEntries()) files.push(...(await filesIn(inner)));
  return files;
}
