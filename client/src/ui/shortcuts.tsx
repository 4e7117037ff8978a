import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import {
  createContext,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';

/** A key and what it does. `combo` as pressed: `F2`, `Alt+1`, `?`. */
interface Shortcut {
  readonly combo: string;
  readonly label: string;
  readonly run: () => void;
}

interface Registry {
  readonly add: (shortcut: Shortcut) => () => void;
}

const ShortcutContext = createContext<Registry | null>(null);

/** Keys of the screens below; `?` lists those that work right now (principle 3). */
export function ShortcutProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useI18n();
  const known = useRef<readonly Shortcut[]>([]);
  const [listed, setListed] = useState<readonly Shortcut[] | null>(null);
  const registry = useMemo<Registry>(
    () => ({
      add: (shortcut) => {
        known.current = [...known.current, shortcut];
        return () => {
          known.current = known.current.filter((one) => one !== shortcut);
        };
      },
    }),
    [],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const combo = comboOf(event);
      if (combo.length === 1 && isTyping(event.target)) return;
      if (combo === '?') {
        setListed(known.current);
        return;
      }
      const shortcut = known.current.findLast((one) => one.combo === combo);
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <ShortcutContext.Provider value={registry}>
      {children}
      <Modal
        opened={listed !== null}
        onClose={() => setListed(null)}
        title={t('keys.title')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack gap="xs">
          {[...(listed ?? []), { combo: '?', label: t('keys.help') }].map(({ combo, label }) => (
            <Group key={combo} justify="space-between">
              <Text>{label}</Text>
              <Kbd size="md">{combo}</Kbd>
            </Group>
          ))}
        </Stack>
      </Modal>
    </ShortcutContext.Provider>
  );
}

/** Makes a key work while this part is on screen; `label` stands in the list of keys. Use F-keys or Alt: letters are typing. */
export function useShortcut(combo: string, label: string, run: () => void): void {
  const registry = useContext(ShortcutContext);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const call = useCallback(() => latest.current(), []);
  useEffect(() => registry?.add({ combo, label, run: call }), [registry, combo, label, call]);
}

/** What is typed while no field has the focus goes to this one. Space and Enter stay with the buttons, `?` with the list of keys, everything with an open dialog. */
export function useTypingAnywhere(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const combo = comboOf(event);
      if (combo.length !== 1 || combo === ' ' || combo === '?' || event.metaKey || event.isComposing) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      field.current?.focus();
    };
    // Before the listeners of the window, which look at what has the focus.
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [field]);
}

function comboOf(event: KeyboardEvent): string {
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.key}`;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');
}
