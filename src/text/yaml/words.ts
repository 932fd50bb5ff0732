/** What the YAML library complains about, without what it quotes of the file: that may be a secret. */
import type { YAMLError } from 'yaml';

/** One line; no tag, escape or text of the file is in it. */
export function wordsOf({ code, message }: Pick<YAMLError, 'code' | 'message'>): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'must be one YAML document';
    case 'RESOURCE_EXHAUSTION':
      return TOO_DEEP;
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_COLLECTION_TYPE':
      return 'not valid YAML: a tag (!…) that does not exist or does not fit';
    case 'BAD_DQ_ESCAPE':
      return 'not valid YAML: Invalid escape sequence in a text in quotes';
    case 'BAD_DIRECTIVE':
      return 'not valid YAML: a directive (%…) that does not exist';
    case 'UNEXPECTED_TOKEN':
      return `not valid YAML: ${message.replace(/: .*$/s, '')}`;
    default:
      return `not valid YAML: ${message}`;
  }
}

export const TOO_DEEP = 'not valid YAML: nested too deeply';
