/** One entry before it is sealed: its title, and where it belongs if its content leaves that open. */
import { useState } from "react";
import { requireDescriptor } from "../core/descriptor.ts";
import { Button } from "../design/Button.tsx";
import { DataList } from "../design/DataList.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { Select } from "../design/Select.tsx";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { categoryHint, categoryIcon, categoryName } from "../record/categories.ts";
import type { Row } from "./rows.ts";

type Props = {
  readonly row: Row;
  readonly writable: readonly string[];
  readonly onSave: (row: Row) => void;
  readonly onClose: () => void;
};

export function RowDialog({ row, writable, onSave, onClose }: Props) {
  const t = useText();
  const [title, setTitle] = useState(row.item.title);
  const [categoryCode, setCategoryCode] = useState(row.categoryCode);
  const item = { ...row.item, title: title.trim() };
  const isGood = isSealable(item);
  const save = () => {
    if (!isGood) return;
    onSave({ ...row, item, categoryCode });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.upload.changeTitle}
      actions={
        <>
          <Button variant="primary" isDisabled={!isGood} onPress={save}>
            {t.common.save}
          </Button>
          <Button variant="quiet" onPress={onClose}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label={t.upload.entryTitle}
          hint={t.upload.entryTitleHint}
          value={title}
          onChange={setTitle}
          error={isGood ? null : t.upload.titleBad}
        />
        {row.isCategoryOpen ? (
          <CategorySelect label={t.upload.category} codes={writable} value={categoryCode} onChange={setCategoryCode} />
        ) : (
          <>
            <DataList
              items={[{ term: t.upload.category, value: categoryName(t, row.categoryCode ?? item.categoryCode) }]}
            />
            <p className="soft small">{t.upload.categoryFixed}</p>
          </>
        )}
      </form>
    </Dialog>
  );
}

type SelectProps = {
  readonly label: string;
  readonly hint?: string;
  readonly codes: readonly string[];
  readonly value: string | null;
  readonly onChange: (code: string) => void;
};

export function CategorySelect({ codes, ...rest }: SelectProps) {
  const t = useText();
  const options = codes.map((code) => {
    const hint = categoryHint(t, code);
    return {
      id: code,
      label: categoryName(t, code),
      icon: categoryIcon(code),
      ...(hint === undefined ? {} : { hint }),
    };
  });
  return <Select {...rest} options={options} placeholder={t.upload.chooseCategory} />;
}

function isSealable(item: Row["item"]): boolean {
  if (item.title === "") return false;
  try {
    requireDescriptor(item);
    return true;
  } catch {
    return false;
  }
}
