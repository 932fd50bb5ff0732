/** The structure of winsvc.h that the exporter reads. */
import { DWORD, layout } from '../dll/layout.ts';

/** SERVICE_STATUS_PROCESS. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-service_status_process */
export const SERVICE_STATUS_PROCESS = layout('SERVICE_STATUS_PROCESS', {
  dwServiceType: DWORD,
  dwCurrentState: DWORD,
  dwControlsAccepted: DWORD,
  dwWin32ExitCode: DWORD,
  dwServiceSpecificExitCode: DWORD,
  dwCheckPoint: DWORD,
  dwWaitHint: DWORD,
  dwProcessId: DWORD,
  dwServiceFlags: DWORD,
});
