import { Box, Paper, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';

const RESULTS_SHOWN = 12;

/** Search as you type, offline; Enter takes the first result. */
export function ItemSearch({ label, onPick }: { readonly label: string; readonly onPick: (item: Item) => void }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly Item[]>([]);
  const asked = useRef('');
  useEffect(() => {
    asked.current = text;
    if (text.trim() === '') return setFound([]);
    workspace.searchItems(text, RESULTS_SHOWN).then(
      (items) => {
        if (asked.current === text) setFound(items);
      },
      () => setFound([]),
    );
  }, [text, workspace]);
  const pick = (item: Item) => {
    onPick(item);
    setText('');
  };
  return (
    <Box>
      <TextInput
        label={label}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          const first = found[0];
          if (event.key === 'Enter' && first) pick(first);
        }}
        autoComplete="off"
      />
      {text.trim() !== '' && (
        <Paper withBorder mt={4} role="listbox" aria-label={t('picker.results', { count: found.length })}>
          {found.length === 0 && (
            <Text p="sm" c="dimmed">
              {t('picker.none', { text })}
            </Text>
          )}
          {found.map((item) => (
            <UnstyledButton
              key={item.id}
              role="option"
              aria-selected={false}
              display="block"
              w="100%"
              p="sm"
              mih={44}
              onClick={() => pick(item)}
            >
              <Text span fw={600}>
                {item.name}
              </Text>{' '}
              <Text span c="dimmed">
                {item.packLabel}
              </Text>
            </UnstyledButton>
          ))}
        </Paper>
      )}
    </Box>
  );
}
