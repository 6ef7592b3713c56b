import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/VisuallyHidden.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/CloseButton.css';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Overlay.css';
import '@mantine/core/styles/ModalBase.css';
import '@mantine/core/styles/Modal.css';
import '@mantine/core/styles/Menu.css';
import '@mantine/core/styles/Tooltip.css';
import '@mantine/core/styles/Input.css';
import '@mantine/core/styles/InlineInput.css';
import '@mantine/core/styles/PasswordInput.css';
import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/Combobox.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/Notification.css';
import '@mantine/core/styles/ActionIcon.css';
import '@mantine/notifications/styles.css';
import '../ui/tokens.css';
import '../ui/base.css';
import './css/parts.css';
import './css/shell.css';
import './css/inbox.css';
import './css/conversation.css';
import './css/patient.css';
import './css/pages.css';
import './css/joining.css';
import './css/call-backs.css';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './data.ts';
import { startTexts } from './i18n.ts';
import { router } from './router.tsx';
import { useStore } from './store.ts';
import { mantine, startTheme, theme, variables } from './theme.ts';

startTheme();
await startTexts();

createRoot(document.getElementById('desk')!).render(
  <StrictMode>
    <Desk />
  </StrictMode>,
);

function Desk() {
  const scheme = useStore(theme) === 'dark' ? 'dark' : 'light';
  return (
    <MantineProvider theme={mantine} cssVariablesResolver={variables} forceColorScheme={scheme} deduplicateInlineStyles>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-left" autoClose={3500} limit={3} containerWidth={360} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
