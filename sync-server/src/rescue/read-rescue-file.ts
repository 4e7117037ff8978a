import type { Sha256 } from '#schema/env.ts';
import { findChainBreak } from '#schema/rescue/check-chain.ts';
import { type RescueContent, type RescueHeader, rescueContentSchema, rescueFileSchema } from '#schema/rescue/rescue-file.ts';
import { err, ok, type Result } from '#schema/result.ts';
import type { RescueKeys } from './rescue-keys.ts';

/** A rescue file that was opened and whose acts fit together. */
export interface ReadRescueFile extends RescueContent {
  readonly header: RescueHeader;
}

/**
 * Opens a rescue file and checks the device's chain inside it. The error is one sentence: not a rescue file, sealed to another key, damaged, or which act does
 * not fit.
 */
export function readRescueFile(text: string, keys: RescueKeys, sha256: Sha256): Result<ReadRescueFile, string> {
  const file = rescueFileSchema.safeParse(parseJson(text));
  if (!file.success) return err('This is not a rescue file of a version known here.');
  const opened = keys.open(file.data);
  if (!opened.ok) {
    return err(
      opened.error === 'wrong_key'
        ? `This file was sealed to the key ${file.data.keyId}, which does not follow from this server's rescue secret.`
        : 'This file is damaged: its content or its header is not what the tablet sealed.',
    );
  }
  const content = rescueContentSchema.safeParse(parseJson(opened.value));
  if (!content.success) return err('This file opened, but its content cannot be read by this version.');
  const { entries } = content.data;
  const chainBreak = findChainBreak(
    entries.map(({ mutation }) => mutation),
    sha256,
  );
  if (chainBreak) return err(`Act ${chainBreak.n} does not fit the acts before it (${chainBreak.fault}).`);
  const { ephemeralKey: _ephemeralKey, iv: _iv, sealed: _sealed, ...header } = file.data;
  if (entries.some(({ mutation }) => mutation.deviceId !== header.deviceId) || entries.length !== header.acts)
    return err('The header of this file does not describe its content.');
  return ok({ header, entries });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
