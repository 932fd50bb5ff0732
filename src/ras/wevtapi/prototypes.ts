/**
 * The functions of wevtapi.dll that the exporter calls. Functions that change state (EvtClearLog, EvtExportLog,
 * EvtSaveChannelConfig, EvtSetChannelConfigProperty …) are not among them.
 */
import type { Prototype } from '../dll/library.ts';

/** They read, or release what reading needed. */
export const EVT_FUNCTIONS = ['EvtQuery', 'EvtNext', 'EvtCreateRenderContext', 'EvtRender', 'EvtClose'] as const;

export type EvtFunction = (typeof EVT_FUNCTIONS)[number];

/** Handles, or BOOL; GetLastError says why they failed. https://learn.microsoft.com/windows/win32/api/winevt/ */
export const PROTOTYPES: Readonly<Record<EvtFunction, Prototype>> = {
  EvtQuery: { returns: 'uintptr_t', parameters: ['uintptr_t', 'str16', 'str16', 'uint32'] },
  EvtNext: { returns: 'int', parameters: ['uintptr_t', 'uint32', 'void *', 'uint32', 'uint32', 'void *'] },
  EvtCreateRenderContext: { returns: 'uintptr_t', parameters: ['uint32', 'void *', 'uint32'] },
  EvtRender: {
    returns: 'int',
    parameters: ['uintptr_t', 'uintptr_t', 'uint32', 'uint32', 'void *', 'void *', 'void *'],
  },
  EvtClose: { returns: 'int', parameters: ['uintptr_t'] },
};

/** EVT_QUERY_FLAGS: EvtQueryChannelPath with EvtQueryForwardDirection, oldest record first. */
export const FORWARD = 0x101;
/** EvtQueryChannelPath with EvtQueryReverseDirection, newest record first. */
export const REVERSE = 0x201;

/** EVT_RENDER_CONTEXT_FLAGS: EvtRenderContextSystem, the 18 fixed properties of every record. */
export const CONTEXT_SYSTEM = 1;
/** EvtRenderContextUser: EventData. */
export const CONTEXT_USER = 2;

/** EVT_RENDER_FLAGS: EvtRenderEventValues. */
export const RENDER_VALUES = 0;
