/** `ServiceManager` on Windows: the calls into advapi32.dll. */
import { FunctionMissing } from '../call-errors.ts';
import type { ServiceManager } from '../service-manager.ts';

export function openAdvapi32(): ServiceManager {
  return {
    hanging: false,
    queryState: () => Promise.reject(new FunctionMissing('OpenSCManagerW', 'OpenSCManagerW cannot be used')),
  };
}
