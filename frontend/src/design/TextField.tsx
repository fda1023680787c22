/** One line, or several, of a person's own words. */
import type { ReactNode } from "react";
import {
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  type TextFieldProps,
} from "react-aria-components";
import "./Field.css";

type Props = Omit<TextFieldProps, "className" | "style" | "children"> & {
  readonly label: string;
  readonly hint?: ReactNode;
  /** Why it can't be taken; given, the field is shown as invalid. */
  readonly error?: string | null;
  readonly placeholder?: string;
  /** More than one line. */
  readonly rows?: number;
};

export function TextField({ label, hint, error, placeholder, rows, ...rest }: Props) {
  const invalid = error !== undefined && error !== null;
  const given = placeholder === undefined ? {} : { placeholder };
  return (
    <AriaTextField {...rest} className="field" {...(invalid ? { isInvalid: true } : {})}>
      <Label className="field-label">{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      {rows === undefined ? (
        <Input className="field-input" {...given} />
      ) : (
        <TextArea className="field-input" rows={rows} {...given} />
      )}
      <FieldError className="field-error">{invalid ? error : undefined}</FieldError>
    </AriaTextField>
  );
}
