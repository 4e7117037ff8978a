import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useI18n } from '../i18n/i18n-context.tsx';

/** Asks before something that cannot be taken back. `losing` says what would be lost; the safe answer has the focus. */
export function ConfirmDialog(props: {
  readonly opened: boolean;
  readonly title: string;
  readonly body: string;
  readonly losing?: string;
  /** What it is about, one thing a line. */
  readonly list?: readonly string[];
  readonly confirmLabel: string;
  readonly danger?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <Text>{props.body}</Text>
        {props.losing !== undefined && <Text fw={600}>{props.losing}</Text>}
        {props.list !== undefined && (
          <List>
            {props.list.map((text) => (
              <List.Item key={text}>{text}</List.Item>
            ))}
          </List>
        )}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={props.onClose}>
            {t('common.cancel')}
          </Button>
          <Button {...(props.danger === true ? { color: 'red' } : {})} onClick={props.onConfirm}>
            {props.confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
