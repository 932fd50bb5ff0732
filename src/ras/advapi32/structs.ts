/** The structures of winsvc.h that tell the state of a service. */
import { DWORD, layout } from '../dll/layout.ts';

const STATUS = {
  dwServiceType: DWORD,
  dwCurrentState: DWORD,
  dwControlsAccepted: DWORD,
  dwWin32ExitCode: DWORD,
  dwServiceSpecificExitCode: DWORD,
  dwCheckPoint: DWORD,
  dwWaitHint: DWORD,
};

/** SERVICE_STATUS. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status */
export const SERVICE_STATUS = layout('SERVICE_STATUS', STATUS);

/** SERVICE_STATUS_PROCESS. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status_process */
export const SERVICE_STATUS_PROCESS = layout('SERVICE_STATUS_PROCESS', {
  ...STATUS,
  dwProcessId: DWORD,
  dwServiceFlags: DWORD,
});
