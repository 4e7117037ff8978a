import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { canDo } from '#schema/permissions.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { beep } from '../../ui/beep.ts';
import { DataList } from '../../ui/data-list.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useScanListener } from '../../ui/scan-listener.ts';
import { useShortcut } from '../../ui/shortcuts.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { AddItem } from './add-item.tsx';
import { ImportPanel } from './import-panel.tsx';
import { ItemRow } from './item-row.tsx';
import { useItemList } from './use-item-list.ts';

/** Every product, found by scan, name, substance or code, offline. */
export function StockPage() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [panel, setPanel] = useState<{ readonly kind: 'add'; readonly code: string } | { readonly kind: 'import' } | null>(null);
  const { items, more } = useItemList(text);
  const mayAdd = canDo(workspace.actor.role, 'item.add');
  useShortcut('F2', t('keys.search'), () => field.current?.focus());
  const openScanned = async (code: string) => {
    const item = await workspace.findItemByCode(code);
    beep(item ? 'understood' : 'unknown');
    if (item) await navigate(`/stock/${item.id}`);
    else if (mayAdd) setPanel({ kind: 'add', code });
    else setText(code);
  };
  useScanListener((code) => void openScanned(code));
  return (
    <Page
      title={t('stock.title')}
      actions={
        <Group>
          {canDo(workspace.actor.role, 'import.run') && (
            <Button variant="default" onClick={() => setPanel({ kind: 'import' })}>
              {t('stock.import')}
            </Button>
          )}
          {mayAdd && <Button onClick={() => setPanel({ kind: 'add', code: '' })}>{t('stock.add')}</Button>}
        </Group>
      }
    >
      <Modal
        opened={panel !== null}
        onClose={() => setPanel(null)}
        size="lg"
        title={panel?.kind === 'import' ? t('stock.import') : t('stock.add')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {panel?.kind === 'add' && <AddItem code={panel.code} />}
        {panel?.kind === 'import' && <ImportPanel />}
      </Modal>
      <TextInput
        ref={field}
        label={t('stock.search')}
        leftSection={<Icon name="search" />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        autoComplete="off"
      />
      {items === null ? (
        <Loading />
      ) : items.length === 0 ? (
        <Empty>{text.trim() === '' ? t('stock.empty') : t('picker.none', { text })}</Empty>
      ) : (
        <div>
          <div className="stock-row" style={{ padding: '0 0.75rem 0.25rem' }} aria-hidden="true">
            <Text fz="sm" c="dimmed">
              {t('stock.name')}
            </Text>
            <Text fz="sm" c="dimmed" visibleFrom="sm">
              {t('stock.codeShort')}
            </Text>
            <Text fz="sm" c="dimmed" className="end">
              {t('stock.onHand')}
            </Text>
            <Text fz="sm" c="dimmed" className="end">
              {t('stock.price')}
            </Text>
          </div>
          <DataList
            label={t('stock.title')}
            rows={items}
            rowKey={({ id }) => id}
            renderRow={(item) => <ItemRow item={item} />}
            onEnd={more}
            height="calc(100dvh - 300px)"
          />
        </div>
      )}
    </Page>
  );
}
