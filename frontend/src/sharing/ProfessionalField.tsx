/** Who is to have access: a professional by name, or anybody by their address. Once chosen, they are shown in full. */
import { useState } from "react";
import type { Professional } from "../node/listProfessionals.ts";
import { ChosenPerson } from "./ChosenPerson.tsx";
import type { Chosen } from "./chosen.ts";
import { FindProfessional } from "./FindProfessional.tsx";

type Props = {
  readonly label: string;
  readonly hint?: string;
  readonly value: Chosen | null;
  readonly onChange: (chosen: Chosen | null) => void;
  /** Left out: everybody in the directory is offered. */
  readonly isOffered?: (one: Professional) => boolean;
};

export function ProfessionalField({ value, onChange, ...rest }: Props) {
  // Whoever goes by keyboard goes on in the field that came back.
  const [isAgain, setIsAgain] = useState(false);
  if (value === null) return <FindProfessional {...rest} autoFocus={isAgain} onChange={onChange} />;
  const change = () => {
    setIsAgain(true);
    onChange(null);
  };
  return <ChosenPerson label={rest.label} chosen={value} onChangeAsked={change} />;
}
