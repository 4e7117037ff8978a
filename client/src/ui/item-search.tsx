import { Box, Group, Paper, Text, TextInput, UnstyledButton } from '@mantine/core';
import { type KeyboardEvent, memo, useEffect, useId, useRef, useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { Icon } from './icons.tsx';
import { useShortcut, useTypingAnywhere } from './shortcuts.tsx';

const RESULTS_MAX = 12;

/**
 * Finds one product by typing, wherever the focus is; works offline. Arrows choose, Enter takes, Escape clears, F2 comes back to it. Scans are the page's
 * matter (`useScanListener`): they leave what was typed here alone.
 */
export const ItemSearch = memo(function ItemSearch({
  label,
  onPick,
}: {
  readonly label: string;
  readonly onPick: (item: Item) => void;
}) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const found = useItemSearch(text);
  const isOpen = text.trim() !== '' && found.isFor === text;
  const count = isOpen ? found.items.length : 0;
  useShortcut('F2', t('keys.search'), () => field.current?.focus());
  useTypingAnywhere(field);
  const pick = (item: Item) => {
    setText('');
    setActive(0);
    onPick(item);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, count - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else if (event.key === 'Escape') setText('');
    else if (event.key === 'Enter') {
      const item = isOpen ? found.items[active] : undefined;
      if (item) pick(item);
    } else return;
    event.preventDefault();
  };
  return (
    <Box>
      <TextInput
        ref={field}
        label={label}
        leftSection={<Icon name="search" />}
        autoComplete="off"
        value={text}
        role="combobox"
        aria-expanded={count > 0}
        aria-controls={listId}
        aria-activedescendant={count > 0 ? `${listId}-${active}` : undefined}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <Text role="status" fz="sm" c="dimmed" mih={isOpen ? 22 : 0}>
        {isOpen ? (count === 0 ? t('picker.none', { text }) : t('picker.results', { count })) : ''}
      </Text>
      <Paper id={listId} withBorder={count > 0} role="listbox" aria-label={label}>
        {isOpen &&
          found.items.map((item, index) => (
            <UnstyledButton
              key={item.id}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="row-button"
              onClick={() => pick(item)}
            >
              <ItemLine item={item} />
            </UnstyledButton>
          ))}
      </Paper>
    </Box>
  );
});

/** One product in a list: name, pack and price. */
export function ItemLine({ item }: { readonly item: Item }) {
  const { t, format } = useI18n();
  return (
    <Group justify="space-between" wrap="nowrap">
      <div style={{ minWidth: 0 }}>
        <Text fw={600} lineClamp={1}>
          {item.name}
        </Text>
        <Text size="sm" c="dimmed" lineClamp={1}>
          {[item.packLabel, item.substances, item.status === 'archived' ? t('picker.archived') : ''].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <Text className="figures" style={{ whiteSpace: 'nowrap' }}>
        {item.packPriceMinor === null ? '—' : format.money(item.packPriceMinor)}
      </Text>
    </Group>
  );
}

/** Products that fit a text; `isFor` says which text they belong to, so that an older, slower answer never shows. */
function useItemSearch(text: string): { readonly items: readonly Item[]; readonly isFor: string } {
  const workspace = useWorkspace();
  const [found, setFound] = useState<{ items: readonly Item[]; isFor: string }>({ items: [], isFor: '' });
  useEffect(() => {
    let isCurrent = true;
    if (text.trim() === '') return undefined;
    const search = async () => {
      const items = await workspace.searchItems(text, RESULTS_MAX);
      if (isCurrent) setFound({ items, isFor: text });
    };
    void search();
    return () => {
      isCurrent = false;
    };
  }, [workspace, text]);
  return found;
}
