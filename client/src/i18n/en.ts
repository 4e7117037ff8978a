import { acts } from './en/acts.ts';
import { explain } from './en/explain.ts';
import { ledger } from './en/ledger.ts';
import { problems } from './en/problems.ts';
import { safety } from './en/safety.ts';
import { screens } from './en/screens.ts';
import { shell } from './en/shell.ts';
import { tablets } from './en/tablets.ts';
import { ui } from './en/ui.ts';

/** The English catalogue: every text a person reads. */
export const en = { ...shell, ...ui, ...problems, ...acts, ...explain, ...safety, ...screens, ...tablets, ...ledger } as const;
