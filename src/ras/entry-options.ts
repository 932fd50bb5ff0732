/**
 * What the numbers of a phone-book entry mean, with the values of the Windows SDK's ras.h. The words are ours, made from the names
 * of the header.
 *
 * https://learn.microsoft.com/previous-versions/windows/desktop/legacy/aa377274(v=vs.85)
 */

/** RASENTRYW.dwType: RASET_*. Direct is of Windows before Vista. */
export const ENTRY_TYPES = { phone: 1, vpn: 2, direct: 3, internet: 4, broadband: 5 } as const;

/** RASENTRYW.dwVpnStrategy: VS_*; 10 and 11 are not assigned. */
export const VPN_STRATEGIES = {
  default: 0,
  pptp_only: 1,
  pptp_first: 2,
  l2tp_only: 3,
  l2tp_first: 4,
  sstp_only: 5,
  sstp_first: 6,
  ikev2_only: 7,
  ikev2_first: 8,
  gre_only: 9,
  pptp_sstp: 12,
  l2tp_sstp: 13,
  ikev2_sstp: 14,
  protocol_list: 15,
} as const;

/** RASENTRYW.dwEncryptionType: ET_*. */
export const ENCRYPTIONS = { none: 0, require: 1, require_max: 2, optional: 3 } as const;

/** The word for a number, or the number as text where the header has no name for it. */
export function wordFor(words: Readonly<Record<string, number>>, value: number): string {
  for (const word in words) if (words[word] === value) return word;
  return String(value);
}
